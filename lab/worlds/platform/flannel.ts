// The pod network: flannel.
import { account, bound, clusterRole, configMap, field, type Platform } from './manifests.ts'

const cni = {
  name: 'cbr0',
  cniVersion: '0.3.1',
  plugins: [
    { type: 'flannel', delegate: { hairpinMode: true, isDefaultGateway: true } },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
}

/** Objects of the deployment. @source measured on a v1.35 node: flannel 0.26.7 */
export const flannel: readonly Platform[] = [
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
      'cni-conf.json': `${JSON.stringify(cni)}\n`,
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
]
