// Heals a live cluster whose API does not identify it: first the faults of this host, and the
// cluster only once it is identified.
import { carrierOf, missingCarrier } from '#helpers/carrier.ts'
import { mayI } from '#src/engine/guards/access.ts'
import type { Healed } from '#src/engine/heal/heal.ts'
import { ask } from '#src/engine/evaluate/observe.ts'
import {
  permissionInWords,
  type Fix,
  type Healing,
  type Policy,
  type Runtime,
} from '#src/model/index.ts'
import { acquireClusterLock } from '#src/runs/process/cluster-lock.ts'
import { unidentifiedText } from '#src/reporting/guards/identification.ts'
import { identify } from './identity.ts'
import { RefusedError, untouched } from '#src/runs/process/refusal.ts'
import { stopWork } from '#src/runs/process/stop.ts'

/** Whether a fix acts only on this host: it needs no permission of an API server. */
export const actsOnHost = (fix: Fix): boolean => fix.permissions === undefined

/**
 * Why the cluster cannot be identified; undefined: it is the policy's cluster. Throws a
 * RefusedError if it is another.
 */
async function unidentified(runtime: Runtime, policy: Policy): Promise<string | undefined> {
  const found = await identify(runtime, policy)
  if (found.kind === 'confirmed') return undefined
  // A policy without an identity could not recognise any answer.
  if (found.kind === 'silent' && policy.identity.kubeSystemUid !== undefined)
    return unidentifiedText(found)
  throw untouched(unidentifiedText(found))
}

/** The permissions that the API denies a fix, in words; undefined: none. */
export async function missingPermissions(
  fix: Fix,
  runtime: Runtime,
  policy: Policy,
): Promise<string | undefined> {
  const permissions = fix.permissions?.(policy) ?? []
  const answers = await Promise.all(
    permissions.map(async permission => ({
      permission,
      answer: await ask(mayI(permission), runtime, policy),
    })),
  )
  const refused = answers
    .filter(({ answer }) => answer.kind === 'known' && !answer.value)
    .map(({ permission }) => permissionInWords(permission))
  if (refused.length > 0)
    return (
      `the API does not let us ${refused.join(', ')}: apply the roles that holdfast ` +
      'rbac prints'
    )
  const silent = answers.find(({ answer }) => answer.kind !== 'known')
  return silent?.answer.kind === 'unknown'
    ? `the API did not say whether we may ${permissionInWords(silent.permission)} ` +
        `(${silent.answer.why})`
    : undefined
}

export type CanRun = (fix: Fix) => Promise<string | undefined>

export interface Stages {
  runtime: Runtime
  policy: Policy
  /** The name under which it locks the cluster. */
  world: string
  tell(message: string): void
  /** Heals as far as it may. */
  heal(may: CanRun): Promise<Healed>
  /** Works on the cluster while holding its lock, after comparing its identity. */
  holding(work: () => Promise<Healed>): Promise<Healed>
}

/** The result. `refused`: why the cluster was left alone although this host was healed. */
export type Staged = Healed & { refused?: string }

/** Joins two stages: what the first one held and the second one did counts as done. */
export const withEarlier = (
  first: readonly Healing[],
  second: readonly Healing[],
): readonly Healing[] => [
  ...first.filter(
    ({ fix, outcome }) => outcome.kind !== 'held' || !second.some(healing => healing.fix === fix),
  ),
  ...second,
]

/**
 * What keeps a fix from acting: the identity of the cluster, asked before each fix. `stranger`:
 * another cluster answered and is left alone.
 */
export function gate(
  runtime: Runtime,
  policy: Policy,
  stage: 'host' | 'all',
): { may: CanRun; stranger(): RefusedError | undefined } {
  let stranger: RefusedError | undefined
  return {
    stranger: () => stranger,
    async may(fix) {
      if (stranger !== undefined) return stranger.reason
      try {
        const away = await unidentified(runtime, policy)
        if (away !== undefined)
          return actsOnHost(fix) ? undefined : `it acts on the cluster, and ${away}`
        return stage === 'host'
          ? 'the cluster says who it is again: it goes on there'
          : await missingPermissions(fix, runtime, policy)
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error
        stranger = error
        return error.reason
      }
    },
  }
}

const touched = ({ healings }: Healed): readonly string[] =>
  healings
    .filter(({ outcome }) => outcome.kind === 'applied' || outcome.kind === 'failed')
    .map(({ fix }) => fix)

/**
 * Runs only fixes that act on this host, and none once the API answers. Throws a RefusedError if
 * nothing proves that the host is the policy's.
 */
async function hostStage(
  { runtime, policy, world, tell, heal }: Omit<Stages, 'holding'>,
  why: string,
): Promise<Staged> {
  const proof = await carrierOf(runtime, policy, ask)
  if (proof === undefined) {
    throw untouched(
      `${why}. Nor does anything show that this host carries “${policy.cluster}”: ` +
        missingCarrier(policy),
    )
  }
  tell(
    `${why}: first what is wrong on this host, which is the policy's (${proof}); ` +
      'nothing is written to the cluster',
  )
  const hold = await acquireClusterLock(world, runtime, policy, {
    doing: 'heal this host',
    hostOnly: true,
    tell,
  })
  hold.lost.addEventListener('abort', () =>
    stopWork(String(hold.lost.reason?.message ?? hold.lost.reason)),
  )
  const { may, stranger } = gate(runtime, policy, 'host')
  try {
    return leftAlone(await heal(may), stranger(), tell)
  } finally {
    await hold.release()
  }
}

/** Reports why the cluster was left alone; throws it if this host was not healed either. */
function leftAlone(
  healed: Healed,
  stranger: RefusedError | undefined,
  tell: Stages['tell'],
): Staged {
  if (stranger === undefined) return healed
  const done = touched(healed)
  if (done.length === 0) throw stranger
  const refused =
    `The cluster was not touched: ${stranger.reason}. On this host was done: ` +
    `${done.join(', ')}.`
  tell(refused)
  return { ...healed, refused }
}

/**
 * Heals everything while holding the cluster's lock: compares its identity first, and again before
 * each fix.
 */
async function wholeStage({ runtime, policy, tell, heal, holding }: Stages): Promise<Staged> {
  const { may, stranger } = gate(runtime, policy, 'all')
  return leftAlone(await holding(() => heal(may)), stranger(), tell)
}

/**
 * While the API does not identify the cluster, runs only fixes on this host, if it is proven to be
 * the policy's. `refused`: the cluster still does not identify itself, or it is another. Undefined:
 * it identified itself at once. Throws a RefusedError if nothing was touched.
 */
export async function hostFirst(stages: Omit<Stages, 'holding'>): Promise<Staged | undefined> {
  const { runtime, policy, tell } = stages
  const why = await unidentified(runtime, policy)
  if (why === undefined) return undefined
  const first = await hostStage(stages, why)
  if (first.refused !== undefined) return first
  try {
    const still = await unidentified(runtime, policy)
    const refused = still === undefined ? undefined : `The cluster was not touched: ${still}.`
    tell(
      refused ??
        'the cluster says who it is again, and is the one that the policy means: going on with it',
    )
    return refused === undefined ? first : { ...first, refused }
  } catch (error) {
    return leftAlone(first, error instanceof RefusedError ? error : rethrown(error), tell)
  }
}

/**
 * Heals a live cluster: this host first if needed, then everything. Compares the identity before
 * any write to the cluster.
 */
export async function healInStages(stages: Stages): Promise<Staged> {
  const first = await hostFirst(stages)
  if (first === undefined) return wholeStage(stages)
  if (first.refused !== undefined) return first
  try {
    const whole = await wholeStage(stages)
    return { ...whole, before: first.before, healings: withEarlier(first.healings, whole.healings) }
  } catch (error) {
    // Acts that were done must be reported.
    return leftAlone(first, error instanceof RefusedError ? error : rethrown(error), stages.tell)
  }
}

function rethrown(error: unknown): never {
  throw error
}
