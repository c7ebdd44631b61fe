// Every guard: what stands in the way of a drill, judged on one look before anything is written.
import { identity } from '#src/kubernetes/questions/access.ts'
import { backupFiles } from '#src/kubernetes/questions/backups.ts'
import { nodes } from '#src/kubernetes/questions/lists.ts'
import { conditionOf } from '#src/kubernetes/object.ts'
import {
  nameOf,
  bytes,
  fails,
  formatDuration,
  ms,
  notApplicable,
  percent,
  permissionInWords,
  unknown,
  type Attempt,
  type Guard,
  type Objection,
  type Permission,
  type Policy,
  type Answers,
  type Volume,
} from '#src/model/index.ts'
import { mayI, toAct, toUndo } from './access.ts'
import {
  claimsOf,
  hitsOf,
  lossQuestions,
  nodesDown,
  podsLost,
  volumesOnlyOn,
  workloadLosses,
} from './loss.ts'
import { outside } from './window.ts'

const steadyState: Guard = {
  name: 'steady-state',
  description: 'what the drill needs to hold does not hold, or cannot be seen',
  why: 'what is broken before cannot be told from what the drill breaks, and two harms at once are an outage',
  observe: () => [],
  judge({ steady }) {
    const bad = steady.filter(fails)
    if (bad.length === 0) return []
    const first = bad
      .slice(0, 3)
      .map(judgement => `${nameOf(judgement)} (${judgement.verdict.kind})`)
      .join(', ')
    return [
      {
        of: 'steady state',
        seen: `the steady state does not hold: ${first}${bad.length > 3 ? ` and ${bad.length - 3} more` : ''}`,
      },
    ]
  },
}

const oneAtATime: Guard = {
  name: 'one-at-a-time',
  description: 'another drill or heal is at work on the cluster',
  why: 'two faults at once prove nothing of either, and one heals what the other measures',
  observe: () => [],
  judge: ({ active }) =>
    active === undefined ? [] : [{ of: 'cluster', seen: `${active} is at work on this cluster` }],
}

const rightCluster: Guard = {
  name: 'identity',
  description: 'the cluster is not the one that the policy means',
  why: 'a drill on the wrong cluster is an attack',
  observe: ({ target }) => (target.kind === 'live' ? [identity] : []),
  judge({ target }, answers, policy) {
    if (target.kind !== 'live') return notApplicable('this cluster is of holdfast’s own making')
    const { uid, server, context } = answers(identity)
    const wanted = policy.identity.kubeSystemUid
    if (wanted === undefined)
      return [
        {
          of: context,
          seen: `the policy does not say which cluster it means: identity.kubeSystemUid is missing; ${context} (${server}) has ${uid}`,
        },
      ]
    return uid === wanted
      ? []
      : [
          {
            of: context,
            seen: `${context} (${server}) is another cluster: its kube-system has uid ${uid}, the policy means ${wanted}`,
          },
        ]
  },
}

const inWindow: Guard = {
  name: 'window',
  description: 'it is not the time for drills',
  why: 'who may have to help is asleep or away, or users need the cluster now',
  observe: () => [],
  judge(_, answers, { window }) {
    if (window === undefined)
      return notApplicable('the policy has no window: drills may run at any time')
    const why = outside(window, answers.now)
    return why === undefined ? [] : [{ of: 'time', seen: why }]
  },
}

const losses = (attempt: Attempt, answers: Answers, policy: Policy) =>
  workloadLosses(podsLost(hitsOf(attempt), answers, policy), answers, policy)

const replicaShare: Guard = {
  name: 'replica-share',
  description: 'it takes a larger share of a workload’s ready replicas than the policy’s limit',
  why: 'those that are left carry the load of all',
  observe: () => lossQuestions,
  judge: (attempt, answers, policy) =>
    losses(attempt, answers, policy)
      .filter(({ ready, lost }) => (100 * lost) / ready > percent(policy.limits.replicas))
      .map(({ name, ready, lost }) => ({
        of: name,
        seen: `${name}: ${lost} of ${ready} ready replicas go (${Math.round((100 * lost) / ready)} %), the limit is ${policy.limits.replicas}`,
      })),
}

const lastReplica: Guard = {
  name: 'last-replica',
  description: 'it takes the last ready replica of a workload',
  why: 'from then on nobody serves until the drill is over',
  observe: () => lossQuestions,
  judge: (attempt, answers, policy) =>
    losses(attempt, answers, policy)
      .filter(({ ready, lost }) => lost >= ready)
      .map(({ name, ready }) => ({
        of: name,
        seen: `${name}: its last ${ready === 1 ? 'ready replica goes' : `${ready} ready replicas go`}`,
      })),
}

/** @source etcd documentation, failure tolerance: a majority of the members */
const quorumOf = (members: number): number => Math.floor(members / 2) + 1

const lastControlPlane: Guard = {
  name: 'last-control-plane',
  description: 'too few control planes stay ready for a quorum',
  why: 'without a quorum nothing is placed, replaced or put back through the API',
  observe: () => lossQuestions,
  judge(attempt, answers, policy) {
    const down = nodesDown(hitsOf(attempt), policy)
    const members = policy.nodes.filter(({ role }) => role === 'control-plane')
    const names = new Set(members.map(({ name }) => name))
    const ready = answers(nodes)
      .filter(node => names.has(node.metadata.name) && conditionOf(node, 'Ready') === 'True')
      .map(({ metadata }) => metadata.name)
    const lost = ready.filter(name => down.has(name))
    const left = ready.length - lost.length
    const quorum = quorumOf(members.length)
    if (lost.length === 0 || left >= quorum) return []
    const seen =
      left === 0
        ? 'no other control plane is ready'
        : `${left} of ${members.length} control planes stay ready, a quorum is ${quorum}`
    return lost.map(name => ({ of: name, seen: `${name}: ${seen}` }))
  },
}

const lastVolumeCopy: Guard = {
  name: 'last-volume-copy',
  description: 'it takes the only node that holds a volume',
  why: 'if that node does not come back, the only copy of the data has gone with it',
  observe: () => lossQuestions,
  judge: (attempt, answers, policy) =>
    volumesOnlyOn(nodesDown(hitsOf(attempt), policy), answers)
      .map(({ claim, volume }) => ({
        of: claim,
        seen: `${claim}: ${volume.metadata.name} is on no other node`,
      }))
      .toSorted((a, b) => (a.of < b.of ? -1 : 1)),
}

/** Why a claim's data would be lost with its volume; undefined where they would not. */
function unbacked(
  claim: string,
  volume: Volume | undefined,
  answers: Answers,
  policy: Policy,
): string | undefined {
  if (volume === undefined) return `${claim}: its volume is not known`
  if (volume.spec.persistentVolumeReclaimPolicy !== 'Delete') return undefined
  const backup = policy.storage.claims.find(
    ({ namespace, name }) => `${namespace}/${name}` === claim,
  )?.backup
  if (backup?.by === 'loss-accepted') return undefined
  if (backup?.by !== 'files')
    return `${claim}: its volume is deleted with it (reclaimPolicy Delete), and the policy knows of no backup`
  const youngest = answers(backupFiles(backup.folder))
    .filter(file => file.name.startsWith(backup.prefix))
    .toSorted((a, b) => b.modifiedAt - a.modifiedAt)[0]
  if (youngest === undefined) return `${claim}: no backup ${backup.prefix}* in ${backup.folder}`
  const age = answers.now - youngest.modifiedAt
  if (age > ms(backup.maxAge))
    return `${claim}: its youngest backup ${youngest.name} is ${formatDuration(age)} old, the policy wants ${backup.maxAge}`
  return youngest.bytes >= bytes(backup.minSize)
    ? undefined
    : `${claim}: its youngest backup ${youngest.name} has ${youngest.bytes} bytes only`
}

const unbackedClaim: Guard = {
  name: 'unbacked-claim',
  description: 'it hits what uses a claim with reclaimPolicy Delete and no fresh backup',
  why: 'a claim that goes in the course of a recovery takes its data with it',
  observe: (_, policy) => [
    ...lossQuestions,
    ...policy.storage.claims.flatMap(({ backup }) =>
      backup.by === 'files' ? [backupFiles(backup.folder)] : [],
    ),
  ],
  judge: (attempt, answers, policy) =>
    claimsOf(podsLost(hitsOf(attempt), answers, policy), answers).flatMap(
      ({ claim, volume }): readonly Objection[] => {
        const why = unbacked(claim, volume, answers, policy)
        return why === undefined ? [] : [{ of: claim, seen: why }]
      },
    ),
}

const ownNode: Guard = {
  name: 'own-node',
  description: 'it hits the node that holdfast itself runs on',
  why: 'holdfast would go with it, and nobody would undo',
  observe: () => [],
  judge(attempt, _, policy) {
    const { ownNode: own } = attempt
    if (own === undefined) return notApplicable('holdfast does not run in the cluster')
    return nodesDown(hitsOf(attempt), policy).has(own)
      ? [{ of: own, seen: `${own} carries holdfast itself` }]
      : []
  },
}

const capabilities: Guard = {
  name: 'capabilities',
  description: 'the target lacks what a fault needs',
  why: 'a fault that cannot be injected, or not be undone, proves nothing',
  observe: () => [],
  judge: ({ setup, faults, lacks }) =>
    [...new Set([...setup, ...faults].flatMap(fault => fault.needs))].flatMap(need =>
      lacks[need] === undefined ? [] : [{ of: need, seen: lacks[need] }],
    ),
}

const refusedOf = (permissions: readonly Permission[], answers: Answers): readonly Objection[] =>
  permissions
    .filter(permission => !answers(mayI(permission)))
    .map(permission => ({
      of: permissionInWords(permission),
      seen: `the API does not let us ${permissionInWords(permission)}`,
    }))

/** A target without an API allows nothing and needs nothing. */
const asked = (permissions: readonly Permission[]) => permissions.map(mayI)

/** Asks for permissions, and objects to each that the API does not grant. */
const needs = (of: typeof toAct): Pick<Guard, 'observe' | 'judge'> => ({
  observe: (attempt, policy) => asked(of(attempt, policy)),
  judge: (attempt, answers, policy) => refusedOf(of(attempt, policy), answers),
})

const mayAct: Guard = {
  name: 'permissions',
  description: 'the API does not allow what faults and fixes need',
  why: 'a fault that is injected by half, or a fix that is refused, is found out too late',
  ...needs(toAct),
}

const mayUndo: Guard = {
  name: 'undo-permissions',
  description: 'the API does not allow to put back what would be injected',
  why: 'what cannot be undone is not injected',
  ...needs(toUndo),
}

const evidenceDisk: Guard = {
  name: 'evidence-disk',
  description: 'there is no room for the evidence',
  why: 'a drill of which nothing can be told was harm for nothing',
  observe: () => [],
  judge({ freeBytes }, _, { limits: { freeDisk } }) {
    if (freeBytes === undefined) return notApplicable('nobody writes evidence')
    if (Number.isNaN(freeBytes)) return unknown('the room where reports are written cannot be seen')
    return freeBytes >= bytes(freeDisk)
      ? []
      : [
          {
            of: 'reports',
            seen: `${Math.floor(freeBytes / 2 ** 20)} MiB are free where reports are written, ${freeDisk} are needed`,
          },
        ]
  },
}

/** All of them, in the order in which they are told. */
export const guards: readonly Guard[] = [
  rightCluster,
  oneAtATime,
  steadyState,
  inWindow,
  replicaShare,
  lastReplica,
  lastControlPlane,
  lastVolumeCopy,
  unbackedClaim,
  ownNode,
  capabilities,
  mayAct,
  mayUndo,
  evidenceDisk,
]
