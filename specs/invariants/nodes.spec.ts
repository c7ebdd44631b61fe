// Nodes: each is Ready, schedulable, and carries no taint that keeps a workload away.
import { startNodeContainer } from '#helpers/docker/fixes.ts'
import { restartNodeService } from '#helpers/systemd/fixes.ts'
import { nodeService, nodeServices, servedNodes } from '#helpers/systemd/questions.ts'
import { removeControlPlaneTaint } from '#helpers/kubernetes/fixes/nodes.ts'
import { uncordon } from '#helpers/kubernetes/fixes/nodes.ts'
import {
  fact,
  invariant,
  verify,
  type Answers,
  type Node,
  type Policy,
  type Taint,
} from '#helpers/index.ts'
import { conditionOf, freshnessQuestions, staleness, trust } from '#helpers/kubernetes/freshness.ts'
import { nodeContainers } from '#helpers/docker/questions.ts'
import { nodeContainer } from '#helpers/docker/questions.ts'
import { nodes } from '#helpers/kubernetes/questions.ts'
import { toleratesAny, workloadObject, workloadQuestions } from '#helpers/kubernetes/workloads.ts'

const named = (policy: Policy) =>
  policy.nodes.map(node => ({ ...node, name: `node ${node.name}`, node: node.name }))

const objectOf = (answers: Answers, name: string): Node | undefined =>
  answers(nodes).find(node => node.metadata.name === name)

const missing = fact('node-missing', (node: string) => ({
  seen: `the API lists no node ${node}`,
  expected: 'it is registered',
  remedy: 'start its machine; check that its kubelet can reach the API',
}))

const notReady = fact('not-ready', (node: string, ready: string, silence?: string) => ({
  seen: `Ready is ${ready}${silence === undefined ? '' : ' and its kubelet is silent'}`,
  expected: 'Ready is True',
  remedy:
    `check the machine of ${node}; ` +
    'a sticky shutdown needs a restart of the node container, not a start',
}))

export const nodesAreReady = invariant({
  name: 'nodes-are-ready',
  title: 'every node is Ready and its kubelet is reporting',
  reason: 'after a restart the API repeats the last good news for a while, although nothing runs',
  subjects: named,
  observe: policy => [nodes, ...freshnessQuestions(policy)],
  healedBy: [startNodeContainer],
  facts: [missing, notReady],
  judge({ node }, answers, policy) {
    const object = objectOf(answers, node)
    if (object === undefined) return missing(node)
    const ready = conditionOf(object, 'Ready')
    if (ready !== 'True') return notReady(node, ready, staleness(answers, policy, node))
    // Good news counts only from a kubelet that reports.
    trust(answers, policy, node)
    return undefined
  },
})

const cordoned = fact('cordoned', (node: string) => ({
  seen: 'spec.unschedulable is true',
  expected: 'pods can be placed on it',
  remedy: `kubectl uncordon ${node}`,
}))

export const nodesAreSchedulable = invariant({
  name: 'nodes-are-schedulable',
  title: 'no node is cordoned',
  reason: 'a cordon that a restart left behind keeps every new pod Pending, and raises no alarm',
  subjects: named,
  observe: () => [nodes],
  healedBy: [uncordon],
  facts: [missing, cordoned],
  judge({ node }, answers) {
    const object = objectOf(answers, node)
    if (object === undefined) return missing(node)
    return object.spec?.unschedulable === true && cordoned(node)
  },
})

/** Workloads of the policy, scaled above zero, that a taint keeps off a node. */
const keptAway = (answers: Answers, policy: Policy, taint: Taint): readonly string[] =>
  policy.workloads
    .filter(({ replicas }) => replicas > 0)
    .filter(({ kind, namespace, name }) => {
      const object = workloadObject(answers, kind, namespace, name)
      return !toleratesAny(object?.spec.template.spec.tolerations, taint)
    })
    .map(({ namespace, name }) => `${namespace}/${name}`)

/** The taint that Talos and kubeadm put on control planes. @source Kubernetes, well-known taints */
const controlPlane = 'node-role.kubernetes.io/control-plane'

/** What the policy requires of a taint. It decides only on the control-plane taint. */
function wanted(taint: Taint, node: string, toleration: string, policy: Policy) {
  const removal = `kubectl taint nodes ${node} ${taint.key}:${taint.effect}-`
  if (taint.key !== controlPlane)
    return {
      expected: 'no taint that keeps these away',
      remedy: `find out who set it; then ${removal}, or ${toleration}`,
    }
  if (policy.taints.controlPlane === 'tolerate')
    return { expected: 'every pod template tolerates it', remedy: toleration }
  return {
    expected: 'the taint is removed after each restart',
    remedy: `${removal} (and again after 5 s: it returns)`,
  }
}

const tainted = fact(
  'taint',
  (taint: Taint, node: string, away: readonly string[], policy: Policy) => ({
    which: taint.key,
    seen: `${taint.key}:${taint.effect} is not tolerated by ${away.join(', ')}`,
    ...wanted(taint, node, `add a toleration for ${taint.key} to ${away.join(', ')}`, policy),
  }),
)

/**
 * Whether it can keep a pod away for good. Taints that mirror conditions and the cordon clear when
 * their cause does. @source Kubernetes, well-known taints
 */
const isLasting = ({ key, effect }: Taint, policy: Policy): boolean =>
  effect !== 'PreferNoSchedule' &&
  !key.startsWith('node.kubernetes.io/') &&
  !policy.taints.tolerated.includes(key)

export const taintsAreTolerated = invariant({
  name: 'taints-are-tolerated',
  title: 'no taint keeps a workload off its nodes',
  reason: 'pods that do not tolerate a taint stay Pending, and some taints return at every restart',
  subjects: named,
  observe: () => [nodes, ...workloadQuestions],
  healedBy: [removeControlPlaneTaint],
  facts: [missing, tainted],
  judge({ node }, answers, policy) {
    const object = objectOf(answers, node)
    if (object === undefined) return missing(node)
    const lasting = (object.spec?.taints ?? []).filter(taint => isLasting(taint, policy))
    return lasting.map(taint => {
      const away = keptAway(answers, policy, taint)
      return away.length > 0 && tainted(taint, node, away, policy)
    })
  },
})

interface ContainerState {
  readonly running: boolean
  readonly status: string
  readonly exitCode: number
  readonly paused: boolean
}

const notRunning = fact('not-running', (name: string, node: string, state: ContainerState) => ({
  seen: `container ${name} is ${state.status}${state.running ? '' : ` (exit ${state.exitCode})`}`,
  expected: 'it runs',
  remedy: state.paused
    ? `docker unpause ${name}`
    : `docker start ${name} (restart, if ${node} reports that it is shutting down)`,
}))

export const nodeContainersRun = invariant({
  name: 'node-containers-run',
  title: 'every node’s container is running',
  reason: 'a node container without a restart policy stays down when its machine comes back',
  subjects: policy => named(policy).filter(node => node.container !== undefined),
  observe: nodeContainers,
  healedBy: [startNodeContainer],
  facts: [notRunning],
  judge({ container, node }, answers) {
    if (container === undefined) return undefined
    const state = answers(nodeContainer(container.name))
    return (!state.running || state.paused) && notRunning(container.name, node, state)
  },
})

const noService = fact('service-missing', (unit: string, host: string) => ({
  seen: `systemd on ${host} has no unit ${unit}`,
  expected: 'the unit exists and is active',
  remedy: 'install it there, or correct the name of the unit in the policy',
}))

const serviceDown = fact(
  'service-not-active',
  (unit: string, host: string, state: { active: string; sub: string; result: string }) => ({
    seen: `${unit} on ${host} is ${state.active} (${state.sub}), its last run: ${state.result}`,
    expected: 'it is active',
    remedy: `ssh ${host} journalctl --unit ${unit} --lines 50; then systemctl restart ${unit}`,
  }),
)

export const nodeServicesRun = invariant({
  name: 'node-services-run',
  title: 'the Kubernetes service of every machine is active',
  reason: 'systemd stops restarting a service that fails too often; its node then stays down',
  when: policy => servedNodes(policy).length > 0,
  subjects: policy => servedNodes(policy).map(node => ({ name: `node ${node.name}`, node })),
  observe: nodeServices,
  healedBy: [restartNodeService],
  facts: [noService, serviceDown],
  judge({ node }, answers) {
    const { unit, host } = node.service
    const state = answers(nodeService(node))
    if (state === null) return noService(unit, host)
    const runs = state.active === 'active' || state.active === 'reloading'
    return !runs && serviceDown(unit, host, state)
  },
})

verify(
  import.meta,
  nodesAreReady,
  nodesAreSchedulable,
  taintsAreTolerated,
  nodeContainersRun,
  nodeServicesRun,
)
