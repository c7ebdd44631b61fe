// Network: flannel serves every node, pods get their sandboxes, and the kernel below has what
// flannel needs.
import { restartFlannel } from '#helpers/flannel/fixes.ts'
import { loadKernelModules } from '#helpers/colima/fixes.ts'
import {
  fact,
  formatDuration,
  invariant,
  notApplicable,
  verify,
  type Answers,
  type Event,
  type Policy,
} from '#helpers/index.ts'
import { freshPods, freshnessQuestions, trust, trustAll } from '#helpers/kubernetes/freshness.ts'
import { kernel } from '#helpers/colima/questions.ts'
import { events, nodes, pods } from '#helpers/kubernetes/questions.ts'
import { eventTime, sandboxErrors, writtenBy } from '#helpers/flannel/sandboxes.ts'
import { selects, workloadObject, workloadQuestions } from '#helpers/kubernetes/workloads.ts'

const cluster = (policy: Policy) => [{ name: policy.cluster }]
const perNode = (policy: Policy) =>
  policy.nodes.map(node => ({ name: `node ${node.name}`, node: node.name }))

/** flannel's DaemonSet; not applicable where flannel is built into the node. */
function flannelOf(answers: Answers, policy: Policy) {
  const { flannel } = policy.network
  if (flannel.as !== 'daemonset')
    return notApplicable('flannel is built into the node: it has no DaemonSet')
  const { namespace, name } = flannel
  return { ...flannel, object: workloadObject(answers, 'DaemonSet', namespace, name) }
}

const flannelMissing = fact('flannel-missing', (namespace: string, name: string) => ({
  seen: `there is no DaemonSet ${namespace}/${name}`,
  expected: 'it is there',
  remedy: 'apply the manifests of the network',
}))

interface Counts {
  readonly available: number
  readonly desired: number
  readonly wanted: number
}

const flannelUnavailable = fact('flannel-unavailable', (counts: Counts, namespace: string) => ({
  seen: `${counts.available} of ${counts.desired} available, for ${counts.wanted} nodes`,
  expected: `${counts.wanted} of ${counts.wanted}`,
  remedy:
    `kubectl get pods -n ${namespace}; if it is crash-looping: ` +
    'sudo modprobe br_netfilter in the VM, then delete its pod once',
}))

export const flannelServesEveryNode = invariant({
  name: 'flannel-serves-every-node',
  title: 'flannel is available on every node',
  reason: 'a pod on a node without flannel gets no network, or does not start at all',
  subjects: cluster,
  observe: policy => [nodes, pods, ...workloadQuestions, ...freshnessQuestions(policy)],
  healedBy: [loadKernelModules, restartFlannel],
  facts: [flannelMissing, flannelUnavailable],
  judge(_, answers, policy) {
    const { object, namespace, name } = flannelOf(answers, policy)
    if (object === undefined) return flannelMissing(namespace, name)
    const wanted = policy.nodes.length
    const desired = object.status?.desiredNumberScheduled ?? 0
    const available = object.status?.numberAvailable ?? 0
    if (Math.min(available, desired) < wanted)
      return flannelUnavailable({ available, desired, wanted }, namespace)
    // A count that is too low is believed; one that suffices counts only from kubelets that report.
    trustAll(answers, policy)
    freshPods(answers, policy, pod => selects(object, pod))
    return undefined
  },
})

const subnetMissing = fact(
  'subnet-env-missing',
  (errors: number, last: Event, now: number, file: string) => ({
    seen:
      `${errors} sandboxes failed, the last ${formatDuration(now - eventTime(last))} ago: ` +
      `${last.involvedObject.namespace}/${last.involvedObject.name}`,
    expected: `${file} is there, written by flannel at its start`,
    remedy:
      'delete the flannel pod of this node once; ' +
      'then ignore events that are older than its start',
  }),
)

export const flannelHasItsSubnet = invariant({
  name: 'flannel-has-its-subnet',
  title: 'no sandbox has failed for lack of subnet.env since flannel last started',
  reason: 'flannel can be Running without its file: then no new pod gets a network',
  subjects: perNode,
  observe: policy => [events, pods, nodes, ...workloadQuestions, ...freshnessQuestions(policy)],
  healedBy: [restartFlannel],
  facts: [subnetMissing],
  judge({ node }, answers, policy) {
    const { object, subnetEnv } = flannelOf(answers, policy)
    const flannel = answers(pods).find(
      pod => object !== undefined && selects(object, pod) && pod.spec.nodeName === node,
    )
    const errors = sandboxErrors(answers, node, writtenBy(flannel))
    const [last] = errors
    if (last !== undefined) return subnetMissing(errors.length, last, answers.now, subnetEnv)
    // The silence of a kubelet proves nothing.
    trust(answers, policy, node)
    return undefined
  },
})

const moduleMissing = fact('module-missing', (module: string) => ({
  which: module,
  seen: `${module} is not loaded in the VM`,
  expected: 'it is loaded',
  remedy: `ssh into the VM: sudo modprobe ${module}`,
}))

const wrongSysctl = fact('sysctl', (key: string, value: string | null, wanted: string) => ({
  which: key,
  seen: value === null ? 'it does not exist' : `it is ${value}`,
  expected: wanted,
  remedy: `ssh into the VM: sudo sysctl -w ${key}=${wanted}`,
}))

interface KernelPart {
  readonly name: string
  readonly module?: string
  readonly sysctl?: readonly [key: string, wanted: string]
}

const kernelParts = ({ network }: Policy): readonly KernelPart[] => [
  ...network.kernelModules.map(module => ({ name: `module ${module}`, module })),
  ...Object.entries(network.sysctls).map(sysctl => ({ name: `sysctl ${sysctl[0]}`, sysctl })),
]

export const kernelIsPrepared = invariant({
  name: 'kernel-is-prepared',
  title: 'the kernel under the nodes has the modules and sysctls that flannel needs',
  reason:
    'nodes in containers share the kernel of their host: without br_netfilter flannel crashes',
  // Without a VM, ssh has no way to the kernel under the nodes.
  when: policy => policy.host !== undefined,
  subjects: kernelParts,
  observe: policy => [kernel(policy)],
  healedBy: [loadKernelModules],
  facts: [moduleMissing, wrongSysctl],
  judge({ module, sysctl: [key, wanted] = ['', ''] }, answers, policy) {
    const { modules, sysctls } = answers(kernel(policy))
    if (module !== undefined) return !modules.includes(module) && moduleMissing(module)
    const value = sysctls[key] ?? null
    return value !== wanted && wrongSysctl(key, value, wanted)
  },
})

verify(import.meta, flannelServesEveryNode, flannelHasItsSubnet, kernelIsPrepared)
