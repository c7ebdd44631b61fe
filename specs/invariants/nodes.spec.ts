// Nodes: each is Ready, schedulable, and carries no taint that its workloads do not tolerate.
import { removeControlPlaneTaint, startNodeContainer, uncordon } from '#helpers/docker/fixes.ts'
import {
  invariant,
  verify,
  type Finding,
  type Node,
  type Policy,
  type PolicyNode,
  type Answers,
  type Taint,
} from '#helpers/index.ts'
import { conditionOf, freshnessQuestions, staleness, trust } from '#helpers/kubernetes/freshness.ts'
import { nodeContainer, nodeContainers } from '#helpers/host/questions.ts'
import { nodes } from '#helpers/kubernetes/questions.ts'
import { toleratesAny, workloadObject, workloadQuestions } from '#helpers/kubernetes/workloads.ts'

const named = (policy: Policy) =>
  policy.nodes.map(node => ({ ...node, name: `node ${node.name}`, node: node.name }))

const objectOf = (answers: Answers, name: string): Node | undefined =>
  answers(nodes).find(node => node.metadata.name === name)

const missing = (name: string): Finding => ({
  code: 'node-missing',
  seen: `the API knows no node ${name}`,
  expected: 'it is registered',
  remedy: 'start its machine; look whether its kubelet can reach the API',
})

export const nodesAreReady = invariant({
  name: 'nodes-are-ready',
  title: 'every node is Ready, by a kubelet that reports now',
  reason: 'after a restart the API repeats the last good news for a while, although nothing runs',
  subjects: named,
  observe: policy => [nodes, ...freshnessQuestions(policy)],
  healedBy: [startNodeContainer],
  judge({ node }, answers, policy) {
    const object = objectOf(answers, node)
    if (object === undefined) return [missing(node)]
    const ready = conditionOf(object, 'Ready')
    // A condition that is not True needs no fresh reporter: it is the controller's own word that
    // the reporter is silent.
    if (ready === 'True') trust(answers, policy, node)
    return ready === 'True'
      ? []
      : [
          {
            code: 'not-ready',
            seen: `Ready is ${ready}${staleness(answers, policy, node) === undefined ? '' : ' and its kubelet is silent'}`,
            expected: 'Ready is True',
            remedy: `look at the machine of ${node}; a sticky shutdown needs a restart of the node container, not a start`,
          },
        ]
  },
})

export const nodesAreSchedulable = invariant({
  name: 'nodes-are-schedulable',
  title: 'no node is cordoned',
  reason:
    'a cordon that a restart left behind keeps every new pod Pending, and nothing else complains',
  subjects: named,
  observe: () => [nodes],
  healedBy: [uncordon],
  judge({ node }, answers) {
    const object = objectOf(answers, node)
    if (object === undefined) return [missing(node)]
    return object.spec?.unschedulable === true
      ? [
          {
            code: 'cordoned',
            seen: 'spec.unschedulable is true',
            expected: 'pods can be placed on it',
            remedy: `kubectl uncordon ${node}`,
          },
        ]
      : []
  },
})

/**
 * Taints that mirror conditions and the cordon: they clear when their cause does. @source
 * Kubernetes, well-known taints
 */
const followsACause = (taint: Taint): boolean => taint.key.startsWith('node.kubernetes.io/')

/** Workloads of the policy, scaled above zero, that a taint keeps off a node. */
function keptAway(answers: Answers, policy: Policy, taint: Taint): readonly string[] {
  return policy.workloads
    .filter(workload => workload.replicas > 0)
    .flatMap(({ kind, namespace, name }) => {
      const tolerations = workloadObject(answers, kind, namespace, name)?.spec.template.spec
        .tolerations
      return toleratesAny(tolerations, taint) ? [] : [`${namespace}/${name}`]
    })
}

/** The taint that Talos and kubeadm put on control planes. @source Kubernetes, well-known taints */
const controlPlane = 'node-role.kubernetes.io/control-plane'

/**
 * What the policy wants of a taint. Only that of control planes is its own business: any other was
 * put there by somebody.
 */
function wishedOf(
  taint: Taint,
  node: string,
  away: readonly string[],
  policy: Policy,
): Pick<Finding, 'expected' | 'remedy'> {
  const removal = `kubectl taint nodes ${node} ${taint.key}:${taint.effect}-`
  const toleration = `add a toleration for ${taint.key} to ${away.join(', ')}`
  if (taint.key !== controlPlane)
    return {
      expected: 'no taint that keeps these away',
      remedy: `find out who set it; then ${removal}, or ${toleration}`,
    }
  return policy.taints.controlPlane === 'remove'
    ? {
        expected: 'the taint is removed after each restart',
        remedy: `${removal} (and again after 5 s: it returns)`,
      }
    : { expected: 'every pod template tolerates it', remedy: toleration }
}

export const taintsAreTolerated = invariant({
  name: 'taints-are-tolerated',
  title: 'no taint keeps a workload off its nodes',
  reason:
    'the control-plane taint comes back with every restart of the node; what does not tolerate it stays Pending',
  subjects: named,
  observe: () => [nodes, ...workloadQuestions],
  healedBy: [removeControlPlaneTaint],
  judge({ node }: PolicyNode & { node: string }, answers, policy) {
    const object = objectOf(answers, node)
    if (object === undefined) return [missing(node)]
    const blocking = (object.spec?.taints ?? []).filter(
      taint =>
        taint.effect !== 'PreferNoSchedule' &&
        !followsACause(taint) &&
        !policy.taints.tolerated.includes(taint.key),
    )
    return blocking.flatMap(taint => {
      const away = keptAway(answers, policy, taint)
      return away.length === 0
        ? []
        : [
            {
              code: `taint:${taint.key}`,
              seen: `${taint.key}:${taint.effect} is not tolerated by ${away.join(', ')}`,
              ...wishedOf(taint, node, away, policy),
            },
          ]
    })
  },
})

export const nodeContainersRun = invariant({
  name: 'node-containers-run',
  title: 'the container of every node runs',
  reason:
    'a node container without a restart policy once stayed Exited (255) after the VM came back',
  subjects: policy => named(policy).filter(node => node.container !== undefined),
  observe: nodeContainers,
  healedBy: [startNodeContainer],
  judge({ container, node }, answers) {
    if (container === undefined) return []
    const { running, status, exitCode, paused } = answers(nodeContainer(container.name))
    return running && !paused
      ? []
      : [
          {
            code: 'not-running',
            seen: `container ${container.name} is ${status}${running ? '' : ` (exit ${exitCode})`}`,
            expected: 'it runs',
            remedy: paused
              ? `docker unpause ${container.name}`
              : `docker start ${container.name} (restart, if ${node} says that it is shutting down)`,
          },
        ]
  },
})

verify(import.meta, nodesAreReady, nodesAreSchedulable, taintsAreTolerated, nodeContainersRun)
