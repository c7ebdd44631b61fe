// A dead-man's switch in the cluster: a Job that waits, then undoes the fault with kubectl.
import type { Policy } from '#src/model/policy/policy.ts'
import type { KubeObject } from '#src/model/kube.ts'
import type { Switch } from '#src/model/fault.ts'
import type { Permission } from '#src/model/guards/permission.ts'
import { openKube } from '#src/kubernetes/client.ts'
import type { Resource } from '#src/kubernetes/kinds.ts'
import type { Call } from '#src/commands/call.ts'

/** The namespace of holdfast's own objects in a cluster. */
export const ownNamespace = 'holdfast'
/** The Job's ServiceAccount: its role allows the undo alone. */
export const switchAccount = 'holdfast-switch'

/** How long a finished Job stays for inspection, s: a day. */
const kept = 86_400
/**
 * Retries while the API is unreachable, each after a longer wait. @source Kubernetes default,
 * backoffLimit 6
 */
const tries = 6

const jobs: Resource = {
  group: 'batch',
  version: 'v1',
  plural: 'jobs',
  kind: 'Job',
  namespaced: true,
}
const accounts: Resource = {
  group: '',
  version: 'v1',
  plural: 'serviceaccounts',
  kind: 'ServiceAccount',
  namespaced: true,
}

/** The permissions to set and remove the switch. */
export const switchPermissions = (policy: Policy): readonly Permission[] =>
  policy.switches === undefined
    ? []
    : [
        {
          verb: 'get',
          group: '',
          resource: 'serviceaccounts',
          namespace: ownNamespace,
          name: switchAccount,
        },
        { verb: 'create', group: 'batch', resource: 'jobs', namespace: ownNamespace },
        { verb: 'delete', group: 'batch', resource: 'jobs', namespace: ownNamespace },
      ]

/** @source Kubernetes, Pod Security Standards: restricted */
const confined = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
} as const
/** @source distroless images: user nonroot */
const nonRoot = 65_532

/** One container of the Job: an image and its command, confined. */
const containerOf = (name: string, image: string, command: readonly string[]) => ({
  name,
  image,
  imagePullPolicy: 'IfNotPresent',
  command,
  securityContext: confined,
})

/**
 * The Job. It tolerates every taint: the node that it repairs may be the only one. An init
 * container waits, so that a restart of the node starts the wait again.
 */
export const switchJob = (
  images: NonNullable<Policy['switches']>,
  name: string,
  seconds: number,
  words: readonly string[],
): KubeObject & { spec: unknown } => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: {
    name,
    namespace: ownNamespace,
    labels: { 'app.kubernetes.io/managed-by': 'holdfast' },
  },
  spec: {
    backoffLimit: tries,
    ttlSecondsAfterFinished: kept,
    template: {
      spec: {
        restartPolicy: 'OnFailure',
        serviceAccountName: switchAccount,
        tolerations: [{ operator: 'Exists' }],
        securityContext: {
          runAsNonRoot: true,
          runAsUser: nonRoot,
          seccompProfile: { type: 'RuntimeDefault' },
        },
        initContainers: [containerOf('wait', images.wait, ['sleep', String(seconds)])],
        containers: [containerOf('undo', images.kubectl, ['kubectl', ...words])],
      },
    },
  },
})

/**
 * A switch that runs `kubectl <words>` in a Job of the cluster. Setting it rejects where its
 * ServiceAccount is missing: `holdfast rbac` prints it.
 */
export function inCluster(
  call: Call,
  policy: Policy,
  name: string,
  words: readonly string[],
): Switch | string {
  const { switches } = policy
  if (switches === undefined)
    return `the policy names no images for a Job that would end it (switches)`
  const api = () => openKube(call, policy.identity)
  const remove = async (): Promise<void> => {
    await (await api()).remove(jobs, name, ownNamespace, { propagation: 'Background' })
  }
  return {
    description: `a Job in the cluster (${ownNamespace}/${name}): kubectl ${words.join(' ')}`,
    async set(seconds) {
      const kube = await api()
      if ((await kube.get(accounts, switchAccount, ownNamespace)) === undefined) {
        throw new Error(
          `there is no ServiceAccount ${ownNamespace}/${switchAccount}, ` +
            "as which the dead-man's switch would act: apply what “holdfast rbac” prints",
        )
      }
      await remove()
      await kube.create(jobs, switchJob(switches, name, seconds, words))
    },
    remove,
  }
}
