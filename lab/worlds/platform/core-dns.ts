// The cluster's DNS: CoreDNS.
import { account, bound, clusterRole, configMap, type Platform } from './manifests.ts'

/** Objects of the deployment. @source measured on a v1.35 node: CoreDNS 1.14 */
export const coreDns: readonly Platform[] = [
  account('coredns', 'kube-system'),
  clusterRole('system:coredns', [
    ['', ['endpoints', 'services', 'pods', 'namespaces'], ['list', 'watch']],
    ['discovery.k8s.io', ['endpointslices'], ['list', 'watch']],
  ]),
  bound('system:coredns', 'system:coredns', 'kube-system'),
  configMap('coredns', 'kube-system', {
    Corefile: [
      '.:53 {',
      '    errors',
      '    health :8080',
      '    ready :8181',
      '    kubernetes cluster.local in-addr.arpa ip6.arpa',
      '    cache 30',
      '}',
      '',
    ].join('\n'),
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
]
