// A small application that obeys every rule for manifests. Tests change one member at a time.
import type {
  Container,
  CronJob,
  Job,
  KubeObject,
  Pod,
  PodDisruptionBudget,
  PodSpec,
  Service,
  StorageClass,
  VolumeClaim,
  WorkloadObject,
} from '#src/model/index.ts'

export const namespace = 'trial'
const labels = { app: 'web' }
const at = (name: string) => ({ name, namespace })
const probe = (path: string) => ({
  httpGet: { path, port: 8080 },
  periodSeconds: 10,
  failureThreshold: 3,
})

/** The same object without one member. */
export const without = <T extends object, K extends keyof T>(
  object: T,
  ...keys: readonly K[]
): Omit<T, K> =>
  Object.fromEntries(
    Object.entries(object).filter(([key]) => !(keys as readonly PropertyKey[]).includes(key)),
  ) as Omit<T, K>

/** A container with every required field. */
export const container = (change: Partial<Container> = {}): Container => ({
  name: 'web',
  image: 'nginx:1.29',
  imagePullPolicy: 'IfNotPresent',
  ports: [{ name: 'http', containerPort: 8080 }],
  resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '32Mi' } },
  securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false },
  livenessProbe: probe('/live'),
  readinessProbe: probe('/ready'),
  startupProbe: probe('/live'),
  ...change,
})

const toleration = {
  key: 'node-role.kubernetes.io/control-plane',
  operator: 'Exists',
  effect: 'NoSchedule',
}
export const podSpec = (
  change: Partial<PodSpec> = {},
  first: Partial<Container> = {},
): PodSpec => ({ tolerations: [toleration], containers: [container(first)], ...change })

export interface Change {
  spec?: Partial<WorkloadObject['spec']>
  pod?: Partial<PodSpec>
  container?: Partial<Container>
  labels?: Record<string, string>
}

const workload = (
  kind: string,
  name: string,
  { spec, pod, container: first, labels: own = labels }: Change,
): WorkloadObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: at(name),
  spec: {
    selector: { matchLabels: labels },
    template: { metadata: { labels: own }, spec: podSpec(pod, first) },
    ...spec,
  },
})

/** Nothing of it runs, because the rules judge only the objects. */
export const deployment = ({ spec, ...change }: Change = {}, name = 'web'): WorkloadObject =>
  workload('Deployment', name, { ...change, spec: { replicas: 0, ...spec } })
export const statefulSet = ({ spec, ...change }: Change = {}, name = 'web'): WorkloadObject =>
  workload('StatefulSet', name, { ...change, spec: { replicas: 0, ...spec } })
/** No node matches. */
export const daemonSet = ({ pod, ...change }: Change = {}, name = 'web'): WorkloadObject =>
  workload('DaemonSet', name, { ...change, pod: { nodeSelector: { nowhere: 'yes' }, ...pod } })

export const barePod = (pod: Partial<PodSpec> = {}, first: Partial<Container> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: at('alone'),
  spec: podSpec({ nodeSelector: { nowhere: 'yes' }, ...pod }, first),
})

const once = (first: Partial<Container>): PodSpec => ({
  ...podSpec({ restartPolicy: 'Never' }),
  containers: [
    container({
      livenessProbe: undefined,
      readinessProbe: undefined,
      startupProbe: undefined,
      ...first,
    } as Partial<Container>),
  ],
})
export const job = (first: Partial<Container> = {}): Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: at('once'),
  spec: { suspend: true, template: { spec: once(first) } } as Job['spec'],
})
export const cronJob = (first: Partial<Container> = {}): CronJob => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: at('nightly'),
  spec: {
    schedule: '0 3 * * *',
    suspend: true,
    jobTemplate: { spec: { template: { spec: once(first) } } },
  } as CronJob['spec'],
})

export const service = (change: Partial<Service['spec']> = {}, name = 'web'): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: at(name),
  spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 8080 }], ...change },
})
export const nodePort = (number: number | undefined, name = 'web'): Service =>
  service(
    {
      type: 'NodePort',
      ports: [
        {
          name: 'http',
          port: 80,
          targetPort: 8080,
          ...(number === undefined ? {} : { nodePort: number }),
        },
      ],
    },
    name,
  )

export const claim = (change: Partial<VolumeClaim['spec']> = {}, name = 'data'): VolumeClaim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: at(name),
  spec: {
    storageClassName: 'local-path',
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
    ...change,
  },
})
export const claimTemplate = (change: Partial<VolumeClaim['spec']> = {}): VolumeClaim => ({
  ...claim(change),
  metadata: { name: 'data' },
})
export const mounting = {
  volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
}

export const budget = (spec: PodDisruptionBudget['spec']): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: at('web'),
  spec: { selector: { matchLabels: labels }, ...spec },
})
export const storageClass = (reclaimPolicy: string | undefined): StorageClass => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'trial' },
  provisioner: 'rancher.io/local-path',
  ...(reclaimPolicy === undefined ? {} : { reclaimPolicy }),
})
export const secret = (
  stringData: Record<string, string>,
): KubeObject & { stringData: Record<string, string> } => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: at('keys'),
  stringData,
})
export const secretData = (
  data: Record<string, string>,
): KubeObject & { data: Record<string, string> } => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: at('keys'),
  data,
})
