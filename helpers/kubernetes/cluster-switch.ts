// A dead-man's switch in the cluster itself: a Job that waits, and then undoes with kubectl.
import type { Policy } from '#src/model/policy.ts'
import type { KubeObject } from '#src/model/kube.ts'
import type { Switch } from '#src/model/fault.ts'
import type { Permission } from '#src/model/permission.ts'
import { openKube } from '#src/kubernetes/client.ts'
import type { Resource } from '#src/kubernetes/kinds.ts'
import type { Call } from '#src/commands/call.ts'

/** Where holdfast keeps what is its own in a cluster. */
export const ownNamespace = 'holdfast'
/** The account that the Job acts as: it may do nothing but undo. */
export const switchAccount = 'holdfast-switch'

/** How long a Job that has acted stays to be looked at, s: a day. */
const kept = 86_400
/**
 * How often it tries again where the API is not there. @source Kubernetes default, backoffLimit 6;
 * each of them waits longer
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

/** What setting and removing it need of the API. */
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

/**
 * Nothing but its own process: it passes the strictest of the Pod Security Standards. @source
 * Kubernetes, Pod Security Standards: restricted
 */
const confined = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
} as const
/** Nobody in particular. @source distroless images: user nonroot */
const nobody = 65_532

/**
 * The Job. It tolerates everything: the node that it puts right may be the only one. Waiting is an
 * init container's, which a restart of the node begins anew.
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
          runAsUser: nobody,
          seccompProfile: { type: 'RuntimeDefault' },
        },
        initContainers: [
          {
            name: 'wait',
            image: images.wait,
            imagePullPolicy: 'IfNotPresent',
            command: ['sleep', String(seconds)],
            securityContext: confined,
          },
        ],
        containers: [
          {
            name: 'undo',
            image: images.kubectl,
            imagePullPolicy: 'IfNotPresent',
            command: ['kubectl', ...words],
            securityContext: confined,
          },
        ],
      },
    },
  },
})

/**
 * By a Job of the cluster that runs `kubectl <words>`. Setting it rejects where its account is
 * missing: `holdfast rbac` prints it.
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
          `there is no ServiceAccount ${ownNamespace}/${switchAccount}, as which the dead-man's switch would act: apply what “holdfast rbac” prints`,
        )
      }
      await remove()
      await kube.create(jobs, switchJob(switches, name, seconds, words))
    },
    remove,
  }
}
