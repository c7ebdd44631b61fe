// Fix for workloads: restarts an application that runs and does not answer.
import { resources } from '#src/kubernetes/kinds.ts'
import { api } from '#helpers/kubernetes/api.ts'
import { permission } from '#src/kubernetes/permission.ts'
import { nodeContainers } from '#helpers/docker/questions.ts'
import { pods, services } from '#helpers/kubernetes/questions.ts'
import { portAnswer, strangeness } from '#helpers/host/ports.ts'
import { startOf } from '#helpers/flannel/sandboxes.ts'
import { selects, workloadObject, workloadQuestions } from '#helpers/kubernetes/workloads.ts'
import {
  fix,
  ms,
  type MappedPort,
  type Pod,
  type Policy,
  type Answers,
  type Service,
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
 * All its containers run, none for a shorter time than its warm-up, and it is not being deleted: it
 * hangs.
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
