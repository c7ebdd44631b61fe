// What guards object to, as sentences.
import {
  causeMessage,
  formatDuration,
  nameOf,
  permissionInWords,
  type BackupGap,
  type GuardRefusal,
  type Judgement,
  type Objection,
} from '#src/model/index.ts'

/** Longest list of names or objections in one line. */
const mostListed = 3

/** The first few of a list, and how many more there are. */
const few = (texts: readonly string[], separator: string): string =>
  texts.length <= mostListed
    ? texts.join(separator)
    : `${texts.slice(0, mostListed).join(separator)} and ${texts.length - mostListed} more`

/** `the steady state does not hold: a · b (violated), …`. */
export const unsteadyText = (judgements: readonly Judgement[]): string =>
  `the steady state does not hold: ${few(
    judgements.map(judgement => `${nameOf(judgement)} (${judgement.verdict.kind})`),
    ', ',
  )}`

function gapText(gap: BackupGap): string {
  switch (gap.kind) {
    case 'volume-unknown':
      return 'its volume is unknown'
    case 'no-backup-declared':
      return (
        'Kubernetes deletes its volume with it (reclaimPolicy Delete), ' +
        'and the policy declares no backup'
      )
    case 'no-backup-found':
      return `no backup ${gap.prefix}* in ${gap.folder}`
    case 'backup-too-old':
      return (
        `its youngest backup ${gap.file} is ${formatDuration(gap.age)} old, ` +
        `the policy allows ${gap.maxAge}`
      )
    case 'backup-too-small':
      return `its youngest backup ${gap.file} has only ${gap.bytes} bytes`
  }
}

function quorumText({ left, members, quorum }: Objection & { kind: 'no-quorum' }): string {
  if (left === 0) return 'no other control plane is ready'
  return `${left} of ${members} control planes stay ready, a quorum is ${quorum}`
}

function replicasText({ ready, lost, limit }: Objection & { kind: 'too-many-replicas' }): string {
  const share = Math.round((100 * lost) / ready)
  return `loses ${lost} of ${ready} ready replicas (${share} %), the limit is ${limit}`
}

/** One objection of a guard. */
export function objectionText(objection: Objection): string {
  const { of } = objection
  switch (objection.kind) {
    case 'unsteady':
      return unsteadyText(objection.judgements)
    case 'cluster-in-use':
      return `${objection.doing} of ${objection.by} is running on this cluster`
    case 'identity-undeclared':
      return (
        'the policy does not name its cluster: identity.kubeSystemUid is missing; ' +
        `${objection.context} (${objection.server}) has ${objection.uid}`
      )
    case 'wrong-cluster':
      return (
        `${objection.context} (${objection.server}) is another cluster: ` +
        `its kube-system has uid ${objection.uid}, the policy means ${objection.wanted}`
      )
    case 'outside-window':
      return (
        `it is ${objection.local}; ` +
        `drills run ${objection.days.join(', ')} from ${objection.from} to ${objection.until}`
      )
    case 'frozen':
      return (
        `it is ${objection.local}, and from ${objection.from} to ${objection.until} ` +
        `drills are frozen: ${objection.because}`
      )
    case 'too-many-replicas':
      return `${of} ${replicasText(objection)}`
    case 'last-replicas': {
      const { ready } = objection
      return `${of} loses its last ${ready === 1 ? 'ready replica' : `${ready} ready replicas`}`
    }
    case 'no-quorum':
      return `${of}: ${quorumText(objection)}`
    case 'only-copy':
      return `${of}: ${objection.volume} is on no other node`
    case 'unbacked':
      return `${of}: ${gapText(objection.gap)}`
    case 'own-node':
      return `holdfast itself runs on ${of}`
    case 'lacking':
      return objection.reason
    case 'not-permitted':
      return `the API does not let us ${permissionInWords(objection.permission)}`
    case 'disk-full':
      return (
        `${Math.floor(objection.freeBytes / 2 ** 20)} MiB are free where reports are written, ` +
        `${objection.needed} are needed`
      )
    case 'unclear':
      return `cannot be checked: ${causeMessage(objection.cause)}`
    case 'guard-failed':
      return `the guard itself failed: ${objection.error}`
  }
}

/** A guard's objections in one line. */
export const objectionsText = (objections: readonly Objection[]): string =>
  few(objections.map(objectionText), '; ')

/** Every refusing guard with its objections and its remedy, in one line. */
export const refusalsText = (refusals: readonly GuardRefusal[]): string =>
  refusals
    .map(({ guard, objections, remedy }) => {
      const about = guard === 'steady-state' ? '' : `${guard}: `
      return `${about}${objectionsText(objections)} (${remedy})`
    })
    .join(' · ')
