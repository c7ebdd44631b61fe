// Images and pods for the tests of this folder.
import type { PodSpec } from '#src/model/kube.ts'

/** The images that are on the machines of every fixture. */
export const presentImages = [
  'serve:1',
  'busybox:1.37',
  'redis:7-alpine',
  'ghcr.io/flannel-io/flannel:v0.26.7',
  'typesense/typesense:30.1',
  'livekit/livekit-server:v1.9.0',
]

export const flannelSpec: PodSpec = {
  hostNetwork: true,
  initContainers: [
    {
      name: 'install-config',
      image: 'ghcr.io/flannel-io/flannel:v0.26.7',
      command: [
        'cp',
        '-f',
        '/etc/kube-flannel/cni-conf.json',
        '/etc/cni/net.d/10-flannel.conflist',
      ],
    },
  ],
  containers: [
    {
      name: 'kube-flannel',
      image: 'ghcr.io/flannel-io/flannel:v0.26.7',
      args: ['--ip-masq', '--kube-subnet-mgr'],
    },
  ],
}

/** The service of the recordings: a startup probe each second, a readiness probe each 5 s. */
export const workerSpec: PodSpec = {
  containers: [
    {
      name: 'worker',
      image: 'serve:1',
      args: ['3111'],
      startupProbe: {
        httpGet: { path: '/health', port: 3111 },
        periodSeconds: 1,
        failureThreshold: 30,
      },
      readinessProbe: { httpGet: { path: '/health', port: 3111 }, periodSeconds: 5 },
    },
  ],
}
