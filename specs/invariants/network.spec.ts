// Network: flannel serves every node, pods get their sandboxes, and the kernel below has what
// flannel needs.
import { loadKernelModules, restartFlannel } from '#helpers/flannel/fixes.ts'
import {
  invariant,
  notApplicable,
  verify,
  formatDuration,
  type Policy,
  type Answers,
} from '#helpers/index.ts'
import { freshPods, freshnessQuestions, trust, trustAll } from '#helpers/kubernetes/freshness.ts'
import { kernel } from '#helpers/host/questions.ts'
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
  return {
    ...flannel,
    object: workloadObject(answers, 'DaemonSet', flannel.namespace, flannel.name),
  }
}

export const flannelServesEveryNode = invariant({
  name: 'flannel-serves-every-node',
  title: 'flannel is available on every node',
  reason: 'a pod on a node without flannel gets no network, or none at all starts',
  subjects: cluster,
  observe: policy => [nodes, pods, ...workloadQuestions, ...freshnessQuestions(policy)],
  healedBy: [loadKernelModules, restartFlannel],
  judge(_, answers, policy) {
    const { object, namespace, name } = flannelOf(answers, policy)
    const remedy = `kubectl get pods -n ${namespace}; if it is crash-looping: sudo modprobe br_netfilter in the VM, then delete its pod once`
    if (object === undefined)
      return [
        {
          code: 'flannel-missing',
          seen: `there is no DaemonSet ${namespace}/${name}`,
          expected: 'it is there',
          remedy: 'apply the manifests of the network',
        },
      ]
    const desired = object.status?.desiredNumberScheduled ?? 0
    const available = object.status?.numberAvailable ?? 0
    const wanted = policy.nodes.length
    // A count that is too low may be believed; one that is right only from kubelets that report.
    if (available >= wanted && desired >= wanted) {
      trustAll(answers, policy)
      freshPods(answers, policy, pod => selects(object, pod))
      return []
    }
    return [
      {
        code: 'flannel-unavailable',
        seen: `${available} of ${desired} available, for ${wanted} nodes`,
        expected: `${wanted} of ${wanted}`,
        remedy,
      },
    ]
  },
})

export const flannelHasItsSubnet = invariant({
  name: 'flannel-has-its-subnet',
  title: 'no sandbox has failed for want of subnet.env since flannel last started',
  reason:
    'flannel can be Running without its file: then no new pod gets a network, and once nobody noticed for 17 days',
  subjects: perNode,
  observe: policy => [events, pods, nodes, ...workloadQuestions, ...freshnessQuestions(policy)],
  healedBy: [restartFlannel],
  judge({ node }, answers, policy) {
    const { object } = flannelOf(answers, policy)
    const flannel = answers(pods).find(
      pod => object !== undefined && selects(object, pod) && pod.spec.nodeName === node,
    )
    const errors = sandboxErrors(answers, node, writtenBy(flannel))
    const [last] = errors
    if (last === undefined) {
      // Silence of a kubelet that does not report is no good news.
      trust(answers, policy, node)
      return []
    }
    return [
      {
        code: 'subnet-env-missing',
        seen: `${errors.length} sandboxes failed, the last ${formatDuration(answers.now - eventTime(last))} ago: ${last.involvedObject.namespace}/${last.involvedObject.name}`,
        expected: `${policy.network.flannel.as === 'daemonset' ? policy.network.flannel.subnetEnv : 'subnet.env'} is there, written by flannel at its start`,
        remedy:
          'delete the flannel pod of this node once; then ignore events that are older than its start',
      },
    ]
  },
})

export const kernelIsPrepared = invariant({
  name: 'kernel-is-prepared',
  title: 'the kernel below the nodes has the modules and settings that flannel needs',
  reason:
    'Talos in Docker shares the kernel of the VM: flannel crashes at its next start when br_netfilter is gone',
  subjects: policy =>
    [
      ...policy.network.kernelModules.map(module => ({ name: `module ${module}`, module })),
      ...Object.keys(policy.network.sysctls).map(sysctl => ({ name: `sysctl ${sysctl}`, sysctl })),
    ] satisfies { name: string; module?: string; sysctl?: string }[] as {
      name: string
      module?: string
      sysctl?: string
    }[],
  observe: policy => [kernel(policy)],
  healedBy: [loadKernelModules],
  judge({ module, sysctl }, answers, policy) {
    const seen = answers(kernel(policy))
    if (module !== undefined) {
      return seen.modules.includes(module)
        ? []
        : [
            {
              code: `module-missing:${module}`,
              seen: `${module} is not loaded in the VM`,
              expected: 'it is',
              remedy: `ssh into the VM: sudo modprobe ${module}`,
            },
          ]
    }
    if (sysctl === undefined) return []
    const wanted = policy.network.sysctls[sysctl]
    const value = seen.sysctls[sysctl] ?? null
    return value === wanted
      ? []
      : [
          {
            code: `sysctl:${sysctl}`,
            seen: value === null ? 'it does not exist' : `it is ${value}`,
            expected: `${wanted}`,
            remedy: `ssh into the VM: sudo sysctl -w ${sysctl}=${wanted}`,
          },
        ]
  },
})

verify(import.meta, flannelServesEveryNode, flannelHasItsSubnet, kernelIsPrepared)
