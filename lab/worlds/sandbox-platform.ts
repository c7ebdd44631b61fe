// What a real Kubernetes node brings with it before anybody deploys anything, as manifests.
import type { KubeObject } from '#src/model/kube.ts'

/** An object of a manifest, with whatever its kind has. */
type Platform = KubeObject & Readonly<Record<string, unknown>>

const account = (name: string, namespace: string): Platform => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name, namespace },
})
const rbac = 'rbac.authorization.k8s.io'
const clusterRole = (
  name: string,
  rules: readonly (readonly [
    group: string,
    resources: readonly string[],
    verbs: readonly string[],
  ])[],
): Platform => ({
  apiVersion: `${rbac}/v1`,
  kind: 'ClusterRole',
  metadata: { name },
  rules: rules.map(([group, resources, verbs]) => ({ apiGroups: [group], resources, verbs })),
})
const bound = (name: string, role: string, namespace: string): Platform => ({
  apiVersion: `${rbac}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: { name },
  roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
  subjects: [{ kind: 'ServiceAccount', name, namespace }],
})
const configMap = (
  name: string,
  namespace: string,
  data: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>> = {},
): Platform => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, ...(Object.keys(labels).length === 0 ? {} : { labels }) },
  data,
})
const field = (name: string, fieldPath: string) => ({
  name,
  valueFrom: { fieldRef: { fieldPath } },
})

/** @source Kubernetes v1.35, system priority classes */
const priority = (name: string, value: number, description: string): Platform => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name },
  value,
  description,
  preemptionPolicy: 'PreemptLowerPriority',
})

const inOrder = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(inOrder)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .toSorted(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, entry]) => [key, inOrder(entry)]),
        )
      : value

/** The object with the note that `kubectl apply` leaves on what it creates. */
function applied(object: Platform): Platform {
  const annotations = { ...object.metadata.annotations }
  const note = `${JSON.stringify(inOrder({ ...object, metadata: { ...object.metadata, annotations } }))}\n`
  return {
    ...object,
    metadata: {
      ...object.metadata,
      annotations: { ...annotations, 'kubectl.kubernetes.io/last-applied-configuration': note },
    },
  }
}

/** What every API server makes for itself. */
const own: readonly Platform[] = [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { component: 'apiserver', provider: 'kubernetes' },
    },
    spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, targetPort: 6443 }] },
  },
  priority(
    'system-cluster-critical',
    2_000_000_000,
    'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  ),
  priority(
    'system-node-critical',
    2_000_001_000,
    'Used for system critical pods that must not be moved from their current node.',
  ),
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: {
      name: 'cluster-admin',
      annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
      labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
    },
    rules: [
      { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
      { nonResourceURLs: ['*'], verbs: ['*'] },
    ],
  },
  account('local-path-provisioner-service-account', 'local-path-storage'),
]

/**
 * What runs on the node before anybody deploys anything. @source measured on a v1.35 node: flannel
 * 0.26.7, CoreDNS 1.14, local-path-provisioner 0.0.30
 */
const brought: readonly Platform[] = [
  account('flannel', 'kube-system'),
  clusterRole('flannel', [
    ['', ['pods'], ['get']],
    ['', ['nodes'], ['get', 'list', 'watch']],
    ['', ['nodes/status'], ['patch']],
  ]),
  bound('flannel', 'flannel', 'kube-system'),
  configMap(
    'kube-flannel-cfg',
    'kube-system',
    {
      'cni-conf.json':
        '{"name":"cbr0","cniVersion":"0.3.1","plugins":[{"type":"flannel","delegate":{"hairpinMode":true,"isDefaultGateway":true}},{"type":"portmap","capabilities":{"portMappings":true}}]}\n',
      'net-conf.json': '{"Network":"10.244.0.0/16","Backend":{"Type":"vxlan"}}\n',
    },
    { 'k8s-app': 'flannel' },
  ),
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'kube-flannel', namespace: 'kube-system', labels: { 'k8s-app': 'flannel' } },
    spec: {
      selector: { matchLabels: { 'k8s-app': 'flannel' } },
      template: {
        metadata: { labels: { 'k8s-app': 'flannel' } },
        spec: {
          hostNetwork: true,
          priorityClassName: 'system-node-critical',
          serviceAccountName: 'flannel',
          tolerations: [
            { operator: 'Exists', effect: 'NoSchedule' },
            { operator: 'Exists', effect: 'NoExecute' },
          ],
          initContainers: [
            {
              name: 'install-config',
              image: 'ghcr.io/flannel-io/flannel:v0.26.7',
              imagePullPolicy: 'IfNotPresent',
              command: [
                'cp',
                '-f',
                '/etc/kube-flannel/cni-conf.json',
                '/etc/cni/net.d/10-flannel.conflist',
              ],
              volumeMounts: [
                { name: 'cni', mountPath: '/etc/cni/net.d' },
                { name: 'config', mountPath: '/etc/kube-flannel/' },
              ],
            },
          ],
          containers: [
            {
              name: 'kube-flannel',
              image: 'ghcr.io/flannel-io/flannel:v0.26.7',
              imagePullPolicy: 'IfNotPresent',
              args: ['--ip-masq', '--kube-subnet-mgr'],
              securityContext: {
                privileged: false,
                capabilities: { add: ['NET_ADMIN', 'NET_RAW'] },
              },
              env: [
                field('POD_NAME', 'metadata.name'),
                field('POD_NAMESPACE', 'metadata.namespace'),
              ],
              volumeMounts: [
                { name: 'run', mountPath: '/run/flannel' },
                { name: 'config', mountPath: '/etc/kube-flannel/' },
              ],
            },
          ],
          volumes: [
            { name: 'run', hostPath: { path: '/run/flannel', type: 'DirectoryOrCreate' } },
            { name: 'cni', hostPath: { path: '/etc/cni/net.d', type: 'DirectoryOrCreate' } },
            { name: 'config', configMap: { name: 'kube-flannel-cfg' } },
          ],
        },
      },
    },
  },
  account('coredns', 'kube-system'),
  clusterRole('system:coredns', [
    ['', ['endpoints', 'services', 'pods', 'namespaces'], ['list', 'watch']],
    ['discovery.k8s.io', ['endpointslices'], ['list', 'watch']],
  ]),
  bound('system:coredns', 'system:coredns', 'kube-system'),
  configMap('coredns', 'kube-system', {
    Corefile:
      '.:53 {\n    errors\n    health :8080\n    ready :8181\n    kubernetes cluster.local in-addr.arpa ip6.arpa\n    cache 30\n}\n',
  }),
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'coredns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
    spec: {
      replicas: 1,
      selector: { matchLabels: { 'k8s-app': 'kube-dns' } },
      template: {
        metadata: { labels: { 'k8s-app': 'kube-dns' } },
        spec: {
          priorityClassName: 'system-cluster-critical',
          serviceAccountName: 'coredns',
          tolerations: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
          containers: [
            {
              name: 'coredns',
              image: 'registry.k8s.io/coredns/coredns:v1.14.5',
              imagePullPolicy: 'IfNotPresent',
              args: ['-conf', '/etc/coredns/Corefile'],
              livenessProbe: {
                httpGet: { path: '/health', port: 8080 },
                initialDelaySeconds: 60,
                timeoutSeconds: 5,
              },
              readinessProbe: { httpGet: { path: '/ready', port: 8181 } },
              volumeMounts: [{ name: 'config', mountPath: '/etc/coredns' }],
            },
          ],
          dnsPolicy: 'Default',
          volumes: [{ name: 'config', configMap: { name: 'coredns' } }],
        },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
    spec: {
      clusterIP: '10.96.0.10',
      selector: { 'k8s-app': 'kube-dns' },
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: 'dns-tcp', port: 53, protocol: 'TCP' },
      ],
    },
  },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'local-path-storage' } },
  account('local-path-provisioner', 'local-path-storage'),
  bound('local-path-provisioner', 'cluster-admin', 'local-path-storage'),
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: {
      name: 'local-path',
      annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
    },
    provisioner: 'rancher.io/local-path',
    volumeBindingMode: 'WaitForFirstConsumer',
    reclaimPolicy: 'Delete',
  },
  configMap('local-path-config', 'local-path-storage', {
    'config.json':
      '{"nodePathMap":[{"node":"DEFAULT_PATH_FOR_NON_LISTED_NODES","paths":["/opt/local-path-provisioner"]}]}\n',
    setup: '#!/bin/sh\nset -eu\nmkdir -m 0777 -p "$VOL_DIR"\n',
    teardown: '#!/bin/sh\nset -eu\nrm -rf "$VOL_DIR"\n',
    'helperPod.yaml':
      'apiVersion: v1\nkind: Pod\nmetadata: {name: helper-pod}\nspec:\n  tolerations: [{operator: Exists}]\n  containers:\n  - {name: helper-pod, image: "busybox:1.37", imagePullPolicy: IfNotPresent}\n',
  }),
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'local-path-provisioner', namespace: 'local-path-storage' },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'local-path-provisioner' } },
      template: {
        metadata: { labels: { app: 'local-path-provisioner' } },
        spec: {
          hostNetwork: false,
          tolerations: [{ operator: 'Exists' }],
          serviceAccountName: 'local-path-provisioner',
          containers: [
            {
              name: 'local-path-provisioner',
              image: 'rancher/local-path-provisioner:v0.0.30',
              imagePullPolicy: 'IfNotPresent',
              command: [
                'local-path-provisioner',
                '--debug',
                'start',
                '--config',
                '/etc/config/config.json',
              ],
              volumeMounts: [{ name: 'config', mountPath: '/etc/config/' }],
              env: [field('POD_NAMESPACE', 'metadata.namespace')],
            },
          ],
          volumes: [{ name: 'config', configMap: { name: 'local-path-config' } }],
        },
      },
    },
  },
]

export const platform: readonly Platform[] = [...own, ...brought.map(applied)]
