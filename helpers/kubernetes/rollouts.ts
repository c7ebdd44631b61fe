// Views of rollouts: whether the newest template of a workload runs, and what its registry says of
// an image that does not come.
import { resources } from '#src/kubernetes/client.ts'
import { permission } from '#src/kubernetes/permission.ts'
import type { Pod, Question, Answers, WorkloadObject } from '#src/model/index.ts'
import { kube, pods } from './questions.ts'
import { selects } from './workloads.ts'

/** Every ReplicaSet: the revisions of Deployments, those of the past included. */
export const replicaSets: Question<WorkloadObject[]> = {
  key: 'kubernetes.replicasets',
  description: 'list replicasets',
  origin: 'kubernetes',
  needs: ['kubernetes'],
  permissions: [permission('list', resources.replicasets)],
  ask: async asking => (await kube(asking)).list(resources.replicasets),
}

/** An image that a pod waits for. */
export interface Missing {
  readonly container: string
  readonly image: string
  /**
   * `missing`: its registry answers that it has no such image; waiting does not help.
   * `unreachable`: nothing was said of the image: the registry is unreachable or refuses us, or the
   * kubelet does not state the reason.
   */
  readonly why: 'missing' | 'unreachable'
  /** The kubelet's message. */
  readonly description: string
}

/**
 * @source Kubernetes, images: ImagePullBackOff; a kubelet of v1.35 states the cause of a back-off,
 * too: measured on a v1.35 node
 */
const waitsForImage = /^(ErrImagePull|ImagePullBackOff)$/

/**
 * The messages of containerd and Docker when the registry answers that it has no such tag. @source
 * measured on a v1.35 node: code = NotFound
 */
const saysThereIsNone = /code = NotFound|manifest unknown|manifest for \S+ not found/

/** The images that a pod waits for because they could not be pulled. */
export const missingImages = ({ spec, status }: Pod): readonly Missing[] =>
  [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].flatMap(
    ({ name, state }) => {
      const { reason = '', message = reason } = state?.waiting ?? {}
      const image = [...(spec.initContainers ?? []), ...spec.containers].find(
        container => container.name === name,
      )?.image
      if (image === undefined || !waitsForImage.test(reason)) return []
      return [
        {
          container: name,
          image,
          why: saysThereIsNone.test(message) ? 'missing' : 'unreachable',
          description: message,
        },
      ] satisfies readonly Missing[]
    },
  )

/** The images of a template by container. */
export const imagesOf = ({ spec: { template } }: WorkloadObject): ReadonlyMap<string, string> =>
  new Map(
    [...(template.spec.initContainers ?? []), ...template.spec.containers].map(
      ({ name, image }) => [name, image],
    ),
  )

/** Whether a workload's newest template wants exactly this image in this container. */
export const wants = (
  workload: WorkloadObject,
  { container, image }: Pick<Missing, 'container' | 'image'>,
): boolean => imagesOf(workload).get(container) === image

/**
 * Images of a workload's newest template that its registry says it does not have, once its pods
 * have had their time to start:
 * a pipeline may push the image a moment after its manifest.
 */
export const neverPushed = (
  answers: Answers,
  workload: WorkloadObject,
  warmUp: number,
): readonly Missing[] =>
  answers(pods)
    .filter(
      pod =>
        selects(workload, pod) &&
        pod.metadata.deletionTimestamp === undefined &&
        answers.now - Date.parse(pod.metadata.creationTimestamp ?? '') > warmUp,
    )
    .flatMap(missingImages)
    .filter(
      (missing, index, all) =>
        missing.why === 'missing' &&
        wants(workload, missing) &&
        all.findIndex(other => other.container === missing.container) === index,
    )

/** Pods that a Deployment's newest template is still to replace, or to add. */
export const leftToRoll = ({ spec, status }: WorkloadObject): number =>
  Math.max(
    (spec.replicas ?? 1) - (status?.updatedReplicas ?? 0),
    (status?.replicas ?? 0) - (status?.updatedReplicas ?? 0),
    0,
  )

/**
 * The report of a Deployment's controller on the rollout: the reason, and since when it has not
 * moved, ms since the epoch; NaN: unknown.
 */
export function progressOf({ status }: WorkloadObject): { reason: string; since: number } {
  const condition = status?.conditions?.find(({ type }) => type === 'Progressing')
  return {
    reason: condition?.reason ?? '',
    since: Date.parse(condition?.lastUpdateTime ?? condition?.lastTransitionTime ?? ''),
  }
}

/**
 * The annotation in which a Deployment and its ReplicaSets keep their revision. @source Kubernetes,
 * well-known annotations
 */
const revisionKey = 'deployment.kubernetes.io/revision'

/** Number of a revision; 0 where there is none yet. */
export const revisionOf = ({ metadata }: WorkloadObject): number =>
  Number(metadata.annotations?.[revisionKey] ?? 0)

/** The revisions of a Deployment, newest first. */
export const revisionsOf = (
  deployment: WorkloadObject,
  all: readonly WorkloadObject[],
): readonly WorkloadObject[] =>
  all
    .filter(({ metadata }) =>
      (metadata.ownerReferences ?? []).some(
        owner =>
          owner.controller === true &&
          owner.kind === 'Deployment' &&
          owner.uid === deployment.metadata.uid,
      ),
    )
    .toSorted((a, b) => revisionOf(b) - revisionOf(a))
