// The volume provisioner: local-path.
import { account, bound, configMap, field, type Platform } from './manifests.ts'

const nodePathMap = [
  { node: 'DEFAULT_PATH_FOR_NON_LISTED_NODES', paths: ['/opt/local-path-provisioner'] },
]

/** Objects of the deployment. @source measured on a v1.35 node: local-path-provisioner 0.0.30 */
export const localPathStorage: readonly Platform[] = [
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
    'config.json': `${JSON.stringify({ nodePathMap })}\n`,
    setup: '#!/bin/sh\nset -eu\nmkdir -m 0777 -p "$VOL_DIR"\n',
    teardown: '#!/bin/sh\nset -eu\nrm -rf "$VOL_DIR"\n',
    'helperPod.yaml': [
      'apiVersion: v1',
      'kind: Pod',
      'metadata: {name: helper-pod}',
      'spec:',
      '  tolerations: [{operator: Exists}]',
      '  containers:',
      '  - {name: helper-pod, image: "busybox:1.37", imagePullPolicy: IfNotPresent}',
      '',
    ].join('\n'),
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
