// Fixes for workloads: a restart for an application that runs and does not answer.
import { openKube, resources } from '../adapters/kube.ts'
import { permit } from '../adapters/permit.ts'
import { nodeContainers } from '../probes/host.ts'
import { pods, services } from '../probes/kubernetes.ts'
import { portAnswer, strangeness } from '../probes/ports.ts'
import { startOf } from '../probes/sandboxes.ts'
import { selects, workloadObject, workloadQuestions } from '../probes/workloads.ts'
import { fix, ms, type MappedPort, type Pod, type Policy, type See, type Service } from '../words/index.ts'

/** Whether the application behind a port answers; undefined when it could not be asked. */
function answers(see: See, port: MappedPort): boolean | undefined {
  const answer = see.answer(portAnswer(port))
  return answer.kind === 'known' ? strangeness(answer.value, port.answers) === undefined : undefined
}

const serviceOf = (see: See, port: MappedPort): Service | undefined =>
  see(services).find(candidate => candidate.metadata.namespace === port.namespace && candidate.metadata.name === port.service)

/** Whether mapping and NodePort are there: where the way is broken, a restart of what lies behind it is harm without use. */
function isLedTo(see: See, policy: Policy, port: MappedPort): boolean {
  const containers = nodeContainers(policy)
  const mapped = containers.length === 0 || containers.some(question => see(question).bindings.some(binding => binding.container === port.container && binding.host === port.host))
  return mapped && (serviceOf(see, port)?.spec.ports ?? []).some(({ nodePort }) => nodePort === port.nodePort)
}

/** Pods behind a port's Service. */
function podsBehind(see: See, port: MappedPort): readonly Pod[] {
  const service = serviceOf(see, port)
  const selector = Object.entries(service?.spec.selector ?? {})
  return see(pods).filter(pod => selector.length > 0 && pod.metadata.namespace === port.namespace && selector.every(([key, value]) => pod.metadata.labels?.[key] === value))
}

/** How long a pod's workload may take to warm up, ms. */
function warmUpOf(see: See, policy: Policy, pod: Pod): number {
  const own = policy.workloads.filter(({ kind, namespace, name }) => {
    const object = workloadObject(see, kind, namespace, name)
    return object !== undefined && selects(object, pod)
  })
  return Math.max(0, ...own.map(workload => ms(workload.warmUp)))
}

/** All its containers run, none for a shorter time than its warm-up, and nobody is taking it away: it hangs. */
const hangs = (see: See, policy: Policy, pod: Pod): boolean =>
  pod.metadata.deletionTimestamp === undefined &&
  (pod.status?.containerStatuses ?? []).length > 0 &&
  (pod.status?.containerStatuses ?? []).every(status => status.state?.running !== undefined) &&
  see.now - startOf(pod) > warmUpOf(see, policy, pod)

export const restartWorkload = fix({
  name: 'restart-workload',
  clauses: ['exposure.port-answers-its-application', 'probes.liveness'],
  says: 'delete the pods of an application that runs and does not answer: its controller starts it again',
  why: 'a hung process without a liveness probe stays Running for ever, and its users wait',
  harm: 'restarts a workload',
  /** A slow answer is not a hang: it must be seen three times, 10 s apart. @source joelclaw history, Talon: 3 consecutive failures */
  confirm: { looks: 3, every: '10 s' },
  cooldown: '300 s',
  settles: '180 s',
  observe: policy => [services, pods, ...workloadQuestions, ...nodeContainers(policy), ...policy.ports.map(port => portAnswer(port))],
  permissions: policy => [...new Set(policy.ports.map(({ namespace }) => namespace))].map(namespace => permit('delete', resources.pods, { namespace })),
  plan: (see, policy) => {
    const silent = policy.ports.filter(port => answers(see, port) === false)
    // No port answers: the path is at fault, not the applications. Restarting healthy ones would only add harm.
    if (policy.ports.length > silent.length ? !policy.ports.some(port => answers(see, port) === true) : policy.ports.length > 1) return []
    const hung = new Map(silent.filter(port => isLedTo(see, policy, port)).flatMap(port => podsBehind(see, port).filter(pod => hangs(see, policy, pod)).map(pod => [pod.metadata.uid, { port, pod }] as const)))
    return [...hung.values()].map(({ port, pod: { metadata: { name, namespace, uid } } }) => ({
      says: `kubectl delete pod ${name} -n ${namespace} (${port.name} does not answer)`,
      async apply(reach) {
        const api = await openKube({ reach, deadline: 20_000, signal: new AbortController().signal }, policy.identity)
        await api.remove(resources.pods, name, namespace, uid === undefined ? {} : { uid })
      },
    }))
  },
})
