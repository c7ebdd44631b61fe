// Fix for workloads: rolls back a deploy whose image does not exist.
import { resources } from '#src/kubernetes/kinds.ts'
import { api } from '#helpers/kubernetes/api.ts'
import { permission } from '#src/kubernetes/permission.ts'
import { deployments, pods } from '#helpers/kubernetes/questions.ts'
import {
  imagesOf,
  neverPushed,
  progressOf,
  replicaSets,
  revisionOf,
  revisionsOf,
  wants,
  type Missing,
} from '#helpers/kubernetes/rollouts.ts'
import { availableOf, workloadObject } from '#helpers/kubernetes/workloads.ts'
import {
  fix,
  ms,
  type Act,
  type Policy,
  type Answers,
  type WorkloadObject,
} from '#src/model/index.ts'

/**
 * The revision to go back to: the newest that has pods that serve, which needs neither a pull nor a
 * restart; where none has
 * (Recreate takes them first), the newest that wants none of the missing images.
 */
function earlier(
  answers: Answers,
  deployment: WorkloadObject,
  missing: readonly Missing[],
): WorkloadObject | undefined {
  const [newest, ...older] = revisionsOf(deployment, answers(replicaSets))
  // A node has pulled it, or the controller has not yet processed a change that may be the remedy.
  if (
    newest === undefined ||
    revisionOf(newest) !== revisionOf(deployment) ||
    availableOf(newest) > 0
  )
    return undefined
  const usable = older.filter(set => !missing.some(each => wants(set, each)))
  return usable.find(set => availableOf(set) > 0) ?? usable[0]
}

/**
 * The template of a revision without what its ReplicaSet added. @source kubectl rollout undo: it
 * takes the pod-template-hash off
 */
function templateOf({ spec: { template } }: WorkloadObject): WorkloadObject['spec']['template'] {
  const { 'pod-template-hash': _, ...labels } = template.metadata?.labels ?? {}
  return { ...template, metadata: { ...template.metadata, labels } }
}

const imagesInWords = (workload: WorkloadObject): string =>
  [...new Set(imagesOf(workload).values())].join(', ')

/** Where a pod template names the image of a container, as a JSON pointer. */
function imagePath(deployment: WorkloadObject, container: string): string {
  const { initContainers = [], containers } = deployment.spec.template.spec
  const isIt = ({ name }: { name: string }): boolean => name === container
  const at = containers.findIndex(isIt)
  const place = at >= 0 ? `containers/${at}` : `initContainers/${initContainers.findIndex(isIt)}`
  return `/spec/template/spec/${place}/image`
}

/** The command, with the reason and the state of both revisions. */
function undoCommand(
  deployment: WorkloadObject,
  target: WorkloadObject,
  missing: readonly Missing[],
): string {
  const { name, namespace } = deployment.metadata
  const [from, to] = [revisionOf(deployment), revisionOf(target)]
  const serving = availableOf(target)
  const pods =
    serving > 0 ? `, and ${serving} of its pods ${serving === 1 ? 'serves' : 'serve'}` : ''
  return (
    `kubectl rollout undo deployment/${name} -n ${namespace} --to-revision=${to} ` +
    `(revision ${from} wants ${missing.map(({ image }) => image).join(', ')}, ` +
    `which its registry does not have; revision ${to} ran ${imagesInWords(target)}${pods}; ` +
    'the next apply of the manifest brings the missing image back)'
  )
}

/** The rollback of a Deployment; undefined where no better revision is known. */
function wayBack(
  answers: Answers,
  policy: Policy,
  deployment: WorkloadObject,
  warmUp: number,
): Act | undefined {
  const { name, namespace } = deployment.metadata
  const missing = neverPushed(answers, deployment, warmUp)
  const [first] = missing
  if (first === undefined || deployment.spec.paused === true) return undefined
  // A rollout that was complete once did not break it: an older revision does not bring back an
  // image that its registry lost later.
  if (progressOf(deployment).reason === 'NewReplicaSetAvailable') return undefined
  const target = earlier(answers, deployment, missing)
  if (target === undefined) return undefined
  return {
    command: undoCommand(deployment, target, missing),
    async apply(runtime) {
      const kube = await api({ runtime, policy })
      await kube.patch(resources.deployments, name, namespace, 'json', [
        // A new deploy may have come meanwhile: only the template that was judged is taken back.
        { op: 'test', path: imagePath(deployment, first.container), value: first.image },
        { op: 'replace', path: '/spec/template', value: templateOf(target) },
      ])
    },
  }
}

export const rollBackWorkload = fix({
  name: 'roll-back-workload',
  title: 'roll a Deployment back to its last working revision when the newest image does not exist',
  reason: 'a missing image never arrives: once the old pods have ended, no pod serves',
  harm: 'restarts a workload',
  /**
   * The registry must answer so twice: while it starts, it may answer so for every image. @source
   * assumed, not measured
   */
  confirm: { looks: 2, every: '10 s' },
  cooldown: '300 s',
  /**
   * Where the old pods serve it shows at once; where Recreate took them, they start anew. @source
   * measured on a v1.35 node: pod ready after 2.5 s
   */
  settles: '120 s',
  observe: () => [pods, deployments, replicaSets],
  permissions: policy =>
    policy.workloads
      .filter(({ kind }) => kind === 'Deployment')
      .map(({ namespace, name }) =>
        permission('patch', resources.deployments, { namespace, name }),
      ),
  plan: (answers, policy) =>
    policy.workloads
      .filter(({ kind }) => kind === 'Deployment')
      .flatMap(({ kind, namespace, name, warmUp }) => {
        const deployment = workloadObject(answers, kind, namespace, name)
        return deployment === undefined
          ? []
          : (wayBack(answers, policy, deployment, ms(warmUp)) ?? [])
      }),
})
