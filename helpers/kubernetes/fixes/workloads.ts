// Fixes for workloads: a restart for an application that runs and does not answer, the way back
// from a deploy whose image does not exist.
import { resources } from '#src/kubernetes/kinds.ts'
import { api } from '#helpers/kubernetes/api.ts'
import { permission } from '#src/kubernetes/permission.ts'
import { nodeContainers } from '#helpers/docker/questions.ts'
import { deployments, pods, services } from '#helpers/kubernetes/questions.ts'
import { portAnswer, strangeness } from '#helpers/host/ports.ts'
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
import { startOf } from '#helpers/flannel/sandboxes.ts'
import {
  availableOf,
  selects,
  workloadObject,
  workloadQuestions,
} from '#helpers/kubernetes/workloads.ts'
import {
  fix,
  ms,
  type Act,
  type MappedPort,
  type Pod,
  type Policy,
  type Answers,
  type Service,
  type WorkloadObject,
} from '#src/model/index.ts'

/** Whether the application behind a port answers; undefined when it could not be asked. */
function portWorks(answers: Answers, port: MappedPort): boolean | undefined {
  const answer = answers.to(portAnswer(port))
  return answer.kind === 'known' ? strangeness(answer.value, port.answers) === undefined : undefined
}

const serviceOf = (answers: Answers, port: MappedPort): Service | undefined =>
  answers(services).find(
    candidate =>
      candidate.metadata.namespace === port.namespace && candidate.metadata.name === port.service,
  )

/**
 * Whether mapping and NodePort are there: where the way is broken, a restart of what lies behind it
 * is harm without use.
 */
function isLedTo(answers: Answers, policy: Policy, port: MappedPort): boolean {
  const containers = nodeContainers(policy)
  const mapped =
    containers.length === 0 ||
    containers.some(question =>
      answers(question).bindings.some(
        binding => binding.container === port.container && binding.host === port.host,
      ),
    )
  return (
    mapped &&
    (serviceOf(answers, port)?.spec.ports ?? []).some(({ nodePort }) => nodePort === port.nodePort)
  )
}

/** Pods behind a port's Service. */
function podsBehind(answers: Answers, port: MappedPort): readonly Pod[] {
  const service = serviceOf(answers, port)
  const selector = Object.entries(service?.spec.selector ?? {})
  return answers(pods).filter(
    pod =>
      selector.length > 0 &&
      pod.metadata.namespace === port.namespace &&
      selector.every(([key, value]) => pod.metadata.labels?.[key] === value),
  )
}

/** How long a pod's workload may take to warm up, ms. */
function warmUpOf(answers: Answers, policy: Policy, pod: Pod): number {
  const own = policy.workloads.filter(({ kind, namespace, name }) => {
    const object = workloadObject(answers, kind, namespace, name)
    return object !== undefined && selects(object, pod)
  })
  return Math.max(0, ...own.map(workload => ms(workload.warmUp)))
}

/**
 * All its containers run, none for a shorter time than its warm-up, and nobody is taking it away:
 * it hangs.
 */
const hangs = (answers: Answers, policy: Policy, pod: Pod): boolean =>
  pod.metadata.deletionTimestamp === undefined &&
  (pod.status?.containerStatuses ?? []).length > 0 &&
  (pod.status?.containerStatuses ?? []).every(status => status.state?.running !== undefined) &&
  answers.now - startOf(pod) > warmUpOf(answers, policy, pod)

export const restartWorkload = fix({
  name: 'restart-workload',
  title:
    'delete the pods of an application that runs but does not answer; its controller replaces them',
  reason: 'a hung process without a liveness probe stays Running for ever, and its users wait',
  harm: 'restarts a workload',
  /**
   * A slow answer is not a hang: it must be seen three times, 10 s apart. @source joelclaw history,
   * Talon: 3 consecutive failures
   */
  confirm: { looks: 3, every: '10 s' },
  cooldown: '300 s',
  settles: '180 s',
  observe: policy => [
    services,
    pods,
    ...workloadQuestions,
    ...nodeContainers(policy),
    ...policy.ports.map(port => portAnswer(port)),
  ],
  permissions: policy =>
    [...new Set(policy.ports.map(({ namespace }) => namespace))].map(namespace =>
      permission('delete', resources.pods, { namespace }),
    ),
  plan: (answers, policy) => {
    const silent = policy.ports.filter(port => portWorks(answers, port) === false)
    // No port answers: the path is at fault, not the applications. Restarting healthy ones would
    // only add harm.
    if (
      policy.ports.length > silent.length
        ? !policy.ports.some(port => portWorks(answers, port) === true)
        : policy.ports.length > 1
    )
      return []
    const hung = new Map(
      silent
        .filter(port => isLedTo(answers, policy, port))
        .flatMap(port =>
          podsBehind(answers, port)
            .filter(pod => hangs(answers, policy, pod))
            .map(pod => [pod.metadata.uid, { port, pod }] as const),
        ),
    )
    return [...hung.values()].map(
      ({
        port,
        pod: {
          metadata: { name, namespace, uid },
        },
      }) => ({
        command: `kubectl delete pod ${name} -n ${namespace} (${port.name} does not answer)`,
        async apply(runtime) {
          const kube = await api({ runtime, policy })
          await kube.remove(resources.pods, name, namespace, uid === undefined ? {} : { uid })
        },
      }),
    )
  },
})

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
  // It has been pulled somewhere, or what the controller has not seen yet may be somebody's remedy.
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

/** What goes back, and to what; undefined where nothing is known that would be better. */
function wayBack(
  answers: Answers,
  policy: Policy,
  deployment: WorkloadObject,
  warmUp: number,
): Act | undefined {
  const { name, namespace } = deployment.metadata
  const missing = neverPushed(answers, deployment, warmUp)
  const [first] = missing
  // A roll-out that was complete once is not what broke it: an image that went from its registry
  // later is not brought back by an older one.
  if (
    first === undefined ||
    deployment.spec.paused === true ||
    progressOf(deployment).reason === 'NewReplicaSetAvailable'
  )
    return undefined
  const target = earlier(answers, deployment, missing)
  if (target === undefined) return undefined
  const { initContainers = [], containers } = deployment.spec.template.spec
  const at = containers.findIndex(container => container.name === first.container)
  const path =
    at >= 0
      ? `containers/${at}`
      : `initContainers/${initContainers.findIndex(container => container.name === first.container)}`
  const serving = availableOf(target)
  return {
    command:
      `kubectl rollout undo deployment/${name} -n ${namespace} ` +
      `--to-revision=${revisionOf(target)} (revision ${revisionOf(deployment)} wants ` +
      `${missing.map(({ image }) => image).join(', ')}, which its registry does not have; ` +
      `revision ${revisionOf(target)} ran ` +
      `${imagesInWords(target)}${serving > 0 ? `, and ${serving} of its pods ${serving === 1 ? 'serves' : 'serve'}` : ''}; ` +
      'the next apply of the manifest brings the missing image back)',
    async apply(runtime) {
      const kube = await api({ runtime, policy })
      await kube.patch(resources.deployments, name, namespace, 'json', [
        // Somebody may have deployed again meanwhile: only the template that was looked at is taken
        // back.
        { op: 'test', path: `/spec/template/spec/${path}/image`, value: first.image },
        { op: 'replace', path: '/spec/template', value: templateOf(target) },
      ])
    },
  }
}

export const rollBackWorkload = fix({
  name: 'roll-back-workload',
  title: 'roll a Deployment back to its last working revision when the newest image does not exist',
  reason:
    'what does not exist never comes: the old pods serve until one of them ends, ' +
    'and then nobody does',
  harm: 'restarts a workload',
  /**
   * The registry must say so twice: one that is starting says it of everything. @source assumed,
   * not measured
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
