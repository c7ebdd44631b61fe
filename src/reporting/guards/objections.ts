// The objections of guards as sentences.
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

type Of<Kind extends Objection['kind']> = Extract<Objection, { kind: Kind }>

type AboutCluster = Of<'cluster-in-use' | 'identity-undeclared' | 'wrong-cluster'>

function clusterText(objection: AboutCluster): string {
  if (objection.kind === 'cluster-in-use')
    return `${objection.doing} of ${objection.by} is running on this cluster`
  const found = `${objection.context} (${objection.server})`
  if (objection.kind === 'identity-undeclared')
    return (
      'the policy does not name its cluster: identity.kubeSystemUid is missing; ' +
      `${found} has ${objection.uid}`
    )
  return (
    `${found} is another cluster: ` +
    `its kube-system has uid ${objection.uid}, the policy means ${objection.wanted}`
  )
}

function timeText(objection: Of<'outside-window' | 'frozen'>): string {
  const { local, from, until } = objection
  return objection.kind === 'frozen'
    ? `it is ${local}, and from ${from} to ${until} drills are frozen: ${objection.because}`
    : `it is ${local}; drills run ${objection.days.join(', ')} from ${from} to ${until}`
}

function diskText({ freeBytes, needed }: Of<'disk-full'>): string {
  const free = `${Math.floor(freeBytes / 2 ** 20)} MiB`
  return `${free} are free where reports are written, ${needed} are needed`
}

type Loss = Of<
  'too-many-replicas' | 'last-replicas' | 'no-quorum' | 'only-copy' | 'unbacked' | 'own-node'
>

function lossText(objection: Loss): string {
  const { of } = objection
  switch (objection.kind) {
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
  }
}

/** One objection of a guard. */
export function objectionText(objection: Objection): string {
  switch (objection.kind) {
    case 'unsteady':
      return unsteadyText(objection.judgements)
    case 'cluster-in-use':
    case 'identity-undeclared':
    case 'wrong-cluster':
      return clusterText(objection)
    case 'outside-window':
    case 'frozen':
      return timeText(objection)
    case 'too-many-replicas':
    case 'last-replicas':
    case 'no-quorum':
    case 'only-copy':
    case 'unbacked':
    case 'own-node':
      return lossText(objection)
    case 'lacking':
      return objection.reason
    case 'not-permitted':
      return `the API does not let us ${permissionInWords(objection.permission)}`
    case 'disk-full':
      return diskText(objection)
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
