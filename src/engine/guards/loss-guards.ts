// Guards against losing too much: replicas, the control plane, volumes, data, or the node of
// holdfast itself.
import { nodes } from '#src/kubernetes/questions/lists.ts'
import { conditionOf } from '#src/kubernetes/object.ts'
import {
  notApplicable,
  percent,
  type Answers,
  type Attempt,
  type Guard,
  type Objection,
  type Policy,
} from '#src/model/index.ts'
import { backupGap, backupQuestions } from './backups.ts'
import {
  claimsOf,
  hitsOf,
  lossQuestions,
  nodesDown,
  podsLost,
  volumesOnlyOn,
  workloadLosses,
} from './loss.ts'

const losses = (attempt: Attempt, answers: Answers, policy: Policy) =>
  workloadLosses(podsLost(hitsOf(attempt), answers, policy), answers, policy)

export const replicaShare: Guard = {
  name: 'replica-share',
  description: 'a workload would lose more of its ready replicas than the policy allows',
  why: 'the replicas that remain carry the whole load',
  observe: () => lossQuestions,
  judge(attempt, answers, policy) {
    const limit = policy.limits.replicas
    return losses(attempt, answers, policy)
      .filter(({ ready, lost }) => (100 * lost) / ready > percent(limit))
      .map(({ name, ready, lost }) => ({ of: name, kind: 'too-many-replicas', ready, lost, limit }))
  },
}

export const lastReplica: Guard = {
  name: 'last-replica',
  description: 'a workload would lose its last ready replica',
  why: 'its users get no answer until the drill ends',
  observe: () => lossQuestions,
  judge: (attempt, answers, policy) =>
    losses(attempt, answers, policy)
      .filter(({ ready, lost }) => lost >= ready)
      .map(({ name, ready }) => ({ of: name, kind: 'last-replicas', ready })),
}

/** @source etcd documentation, failure tolerance: a majority of the members */
const quorumOf = (members: number): number => Math.floor(members / 2) + 1

export const lastControlPlane: Guard = {
  name: 'last-control-plane',
  description: 'too few control planes would stay ready for a quorum',
  why: 'without a quorum the API stops: nothing is scheduled, replaced or undone through it',
  observe: () => lossQuestions,
  judge(attempt, answers, policy): readonly Objection[] {
    const down = nodesDown(hitsOf(attempt), policy)
    const members = policy.nodes.filter(({ role }) => role === 'control-plane')
    const names = new Set(members.map(({ name }) => name))
    const ready = answers(nodes)
      .filter(node => names.has(node.metadata.name) && conditionOf(node, 'Ready') === 'True')
      .map(({ metadata }) => metadata.name)
    const lost = ready.filter(name => down.has(name))
    const left = ready.length - lost.length
    const quorum = quorumOf(members.length)
    if (left >= quorum) return []
    return lost.map(of => ({ of, kind: 'no-quorum', left, members: members.length, quorum }))
  },
}

export const lastVolumeCopy: Guard = {
  name: 'last-volume-copy',
  description: 'the only node that holds a volume would go down',
  why: 'if that node does not come back, the only copy of the data is gone',
  observe: () => lossQuestions,
  judge: (attempt, answers, policy) =>
    volumesOnlyOn(nodesDown(hitsOf(attempt), policy), answers)
      .map(({ claim, volume }) => ({
        of: claim,
        kind: 'only-copy' as const,
        volume: volume.metadata.name,
      }))
      .toSorted((a, b) => (a.of < b.of ? -1 : 1)),
}

export const unbackedClaim: Guard = {
  name: 'unbacked-claim',
  description: 'a pod would go whose claim has reclaimPolicy Delete and no fresh backup',
  why: 'if the recovery deletes the claim, Kubernetes deletes its data too',
  observe: (_, policy) => [...lossQuestions, ...backupQuestions(policy)],
  judge: (attempt, answers, policy) =>
    claimsOf(podsLost(hitsOf(attempt), answers, policy), answers).flatMap(
      ({ claim, volume }): readonly Objection[] => {
        const gap = backupGap(claim, volume, answers, policy)
        return gap === undefined ? [] : [{ of: claim, kind: 'unbacked', gap }]
      },
    ),
}

export const ownNode: Guard = {
  name: 'own-node',
  description: 'the node that holdfast itself runs on would go down',
  why: 'holdfast would die with the node and could not undo the fault',
  observe: () => [],
  judge(attempt, _, policy) {
    const { ownNode: own } = attempt
    if (own === undefined) return notApplicable('holdfast does not run in the cluster')
    return nodesDown(hitsOf(attempt), policy).has(own) ? [{ of: own, kind: 'own-node' }] : []
  },
}
