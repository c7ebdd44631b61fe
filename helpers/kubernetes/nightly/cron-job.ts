// The nightly run as a CronJob: its pod, its settings, and the nodes that it avoids.
import { ownNamespace } from '#src/kubernetes/cluster-switch.ts'
import type { KubeObject, Night, Policy } from '#src/model/index.ts'

export { ownNamespace }

/** The name of the CronJob, of its settings and of its account. */
export const nightlyName = 'holdfast-nightly'

/** On the Jobs and pods of the night. */
export const nightlyLabels = {
  'app.kubernetes.io/name': 'holdfast',
  'app.kubernetes.io/component': 'nightly',
} as const

const settings = '/etc/holdfast'
const token = '/var/run/holdfast/token'
const work = '/var/run/holdfast/work'

/** Seconds that a drill may take to undo its faults. @source budgets of undo in the drills */
const undoSeconds = 300
/** How late a night may start, s. @source deploy/kubernetes/nightly.yaml */
const latest = 3_600
/** The shortest life of a token, s. @source Kubernetes, TokenRequest: at least 10 minutes */
const tokenSeconds = 3_600

const kubeconfig = JSON.stringify(
  {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'in-cluster',
    clusters: [
      {
        name: 'in-cluster',
        cluster: {
          server: 'https://kubernetes.default.svc',
          'certificate-authority': `${token}/ca.crt`,
        },
      },
    ],
    // The client reads this spelling. @source @kubernetes/client-node 2.0.1, config_types.js
    users: [{ name: nightlyName, user: { 'token-file': `${token}/token` } }],
    contexts: [{ name: 'in-cluster', context: { cluster: 'in-cluster', user: nightlyName } }],
  },
  null,
  2,
)

/** The policy, with the way to the API that a pod has. */
const inCluster = (policy: Policy): string => {
  const identity = {
    ...policy.identity,
    contexts: ['in-cluster'],
    kubeconfig: `${settings}/kubeconfig`,
  }
  return JSON.stringify({ ...policy, identity }, null, 2)
}

export const settingsMap = ({ policy }: Night): KubeObject & { data: Record<string, string> } => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: nightlyName, namespace: ownNamespace },
  data: { kubeconfig: `${kubeconfig}\n`, 'policy.json': `${inCluster(policy)}\n` },
})

/** Nodes that the night can run on, by name: none of those that its drills take down. */
const affinity = (avoided: readonly string[]) => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [
        // A field takes one value: one condition for each node, and all must hold.
        {
          matchFields: avoided.map(name => ({
            key: 'metadata.name',
            operator: 'NotIn',
            values: [name],
          })),
        },
      ],
    },
  },
})

/** The nodes that the night avoids; none where its drills take down every node. */
export const avoidedNodes = ({ takenDown, policy }: Night): readonly string[] =>
  takenDown.length < policy.nodes.length ? takenDown : []

const container = ({ image, flags }: Night) => ({
  name: 'holdfast',
  image,
  imagePullPolicy: 'IfNotPresent',
  args: ['nightly', '--target', 'live', '--cluster', `${settings}/policy.json`, '--full', ...flags],
  env: Object.entries({
    HOLDFAST_REPORTS: `${work}/reports`,
    HOLDFAST_STATE: `${work}/state`,
    NODE_COMPILE_CACHE: `${work}/cache`,
    HOME: work,
  }).map(([name, value]) => ({ name, value })),
  // @source deploy/kubernetes/nightly.yaml
  resources: {
    requests: { cpu: '250m', memory: '256Mi' },
    limits: { cpu: '2', memory: '1Gi' },
  },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  },
  volumeMounts: [
    { name: 'settings', mountPath: settings, readOnly: true },
    { name: 'token', mountPath: token, readOnly: true },
    { name: 'work', mountPath: work },
  ],
})

const volumes = (longest: number) => [
  { name: 'settings', configMap: { name: nightlyName } },
  {
    name: 'token',
    projected: {
      sources: [
        {
          serviceAccountToken: {
            path: 'token',
            expirationSeconds: Math.max(tokenSeconds, longest + undoSeconds),
          },
        },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      ],
    },
  },
  { name: 'work', emptyDir: { sizeLimit: '512Mi' } },
]

/**
 * A cluster of one node has only its control plane to run on. Where one node is left, a night must
 * start on it although it is cordoned: else nobody would tell. @source measured on a v1.35 node
 */
function tolerated(night: Night): readonly string[] {
  const controlPlane = 'node-role.kubernetes.io/control-plane'
  const left = night.policy.nodes.length - avoidedNodes(night).length
  return left === 1 ? [controlPlane, 'node.kubernetes.io/unschedulable'] : [controlPlane]
}

function podOf(night: Night) {
  const avoided = avoidedNodes(night)
  return {
    serviceAccountName: nightlyName,
    // The token is a volume of its own, with an end.
    automountServiceAccountToken: false,
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: undoSeconds,
    ...(avoided.length === 0 ? {} : { affinity: affinity(avoided) }),
    tolerations: tolerated(night).map(key => ({ key, operator: 'Exists', effect: 'NoSchedule' })),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [container(night)],
    volumes: volumes(night.longest),
  }
}

/** The CronJob. Its hour is in UTC: a cluster has no time zone of its own. */
export const cronJob = (night: Night): KubeObject & { spec: unknown } => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: nightlyName, namespace: ownNamespace },
  spec: {
    schedule: `${night.at.minute} ${night.at.hour} * * *`,
    timeZone: 'Etc/UTC',
    // Two nights at once would only wait for each other.
    concurrencyPolicy: 'Forbid',
    startingDeadlineSeconds: latest,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 3,
    jobTemplate: {
      metadata: { labels: nightlyLabels },
      spec: {
        // A verdict is not retried: the next night runs again.
        backoffLimit: 0,
        activeDeadlineSeconds: night.longest,
        template: { metadata: { labels: nightlyLabels }, spec: podOf(night) },
      },
    },
  },
})
