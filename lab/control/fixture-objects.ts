// Objects for the tests of this folder, with the fields that controllers need.
import type { Node } from '#src/model/kube.ts'
import type { Deployment, FullService, StorageClass, Template } from './objects.ts'

/** Reason and message of the condition Ready. */
export const kubeletReady = {
  reason: 'KubeletReady',
  message: 'kubelet is posting ready status',
}

const calm = (type: string, reason: string, message: string) => ({
  type,
  status: 'False',
  reason,
  message: `kubelet has ${message}`,
})

/** A ready node of 2 CPUs and 4 GiB. */
export const readyNode = (name: string): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name } },
  spec: {},
  status: {
    allocatable: { cpu: '2', memory: '4Gi', pods: '110' },
    conditions: [
      calm('MemoryPressure', 'KubeletHasSufficientMemory', 'sufficient memory available'),
      calm('DiskPressure', 'KubeletHasNoDiskPressure', 'no disk pressure'),
      calm('PIDPressure', 'KubeletHasSufficientPID', 'sufficient PID available'),
      { type: 'Ready', status: 'True', ...kubeletReady },
    ],
  },
})

export const template = (
  app: string,
  change: (template: Template) => void = () => {},
): Template => {
  const made: Template = {
    metadata: { labels: { app } },
    spec: {
      containers: [
        { name: 'worker', image: 'serve:1', ports: [{ name: 'http', containerPort: 3111 }] },
      ],
    },
  }
  change(made)
  return made
}

export const deployment = (
  name: string,
  replicas: number,
  change: (made: Deployment) => void = () => {},
): Deployment => {
  const made: Deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'demo' },
    spec: { replicas, selector: { matchLabels: { app: name } }, template: template(name) },
  }
  change(made)
  return made
}

export const service = (
  name: string,
  change: (made: FullService) => void = () => {},
): FullService => {
  const made: FullService = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'demo' },
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 'http' }] },
  }
  change(made)
  return made
}

export const localPathClass = (change: (made: StorageClass) => void = () => {}): StorageClass => {
  const made: StorageClass = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: {
      name: 'local-path',
      annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
    },
    provisioner: 'rancher.io/local-path',
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'WaitForFirstConsumer',
  }
  change(made)
  return made
}
