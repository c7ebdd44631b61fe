// Healing: least harm first, one fix at a time, each on evidence that lasts, and judged by the
// invariants that called for it.
import {
  baselineOf,
  fixesOf,
  isWorse,
  newlyViolated,
  planOf,
  type Baseline,
} from '#src/engine/evaluate/baseline.ts'
import {
  nameOf,
  harms,
  ms,
  errorMessage,
  type Act,
  type Fix,
  type Harm,
  type Healing,
  type HealEvent,
  type HeldCause,
  type Invariant,
  type Judgement,
  type Policy,
  type Runtime,
} from '#src/model/index.ts'
import type { Evaluation } from '#src/engine/evaluate/evaluate.ts'

export interface HealContext {
  runtime: Runtime
  policy: Policy
  invariants: readonly Invariant[]
  /** A fresh look. */
  evaluate(): Promise<Evaluation>
  /**
   * What was wrong before: it calls for no fix, and no act that it would have needed is done.
   * Absent: everything that is violated may be healed.
   */
  baseline?: Baseline
  /** Names of fixes that may not act. */
  disabled?: ReadonlySet<string>
  /**
   * Why a fix may not act now, asked right before it would; undefined: it may. Absent: every fix
   * may.
   */
  may?(fix: Fix): Promise<string | undefined>
  /** What earlier runs have tried. Default: nothing is known of any. */
  memory?: Memory
  /** Keeps what has been tried for later runs, before it is tried. */
  remember?(memory: Memory): Promise<void>
  /** Receives what happens, as it happens. */
  add(event: HealEvent): void
  /**
   * Aborted, nothing more is begun: a fix that acts is finished, and nobody waits for what it
   * helps.
   */
  signal?: AbortSignal
}

/** What was tried: how often in this run, and when last, also by earlier ones. */
export interface Memory {
  attempts: Map<string, { times: number; lastAt: number }>
  /** Until when nothing may be tried that restarts a node or more, ms since the epoch. */
  backoffUntil: number
  /** Fixes that may not act, by name, with the reason when it was asked last. */
  held: Map<string, string>
}

export const freshMemory = (): Memory => ({ attempts: new Map(), backoffUntil: 0, held: new Map() })

/**
 * After a node or VM was restarted in vain, ms. @source joelclaw history, heal script:
 * COLIMA_FAILED_RECOVERY_HOLD_SECS 1800
 */
export const backoff = 1_800_000
/** A fix that has not helped this often will not help. */
const mostAttempts = 3
/** Between looks while a fix settles, ms. */
const settleEvery = 2_000

const isHeavy = (harm: Harm): boolean => harms.indexOf(harm) >= harms.indexOf('restarts a node')

const nothingBefore = baselineOf([])

const violated = (judgements: readonly Judgement[]): readonly Judgement[] =>
  newlyViolated(judgements, nothingBefore)

/** What a pass of healing goes by. */
type Task = Pick<HealContext, 'invariants' | 'policy' | 'baseline'>

interface Candidate {
  fix: Fix
  because: readonly Judgement[]
  acts: readonly Act[]
}

/** Every fix that something violated calls for and that has something to do, least harm first. */
export function candidates(
  seen: Evaluation,
  { invariants, policy, baseline = nothingBefore }: Task,
): readonly Candidate[] {
  const calls = new Map<Fix, Judgement[]>()
  for (const judgement of newlyViolated(seen.judgements, baseline)) {
    const invariant = invariants.find(candidate => candidate.name === judgement.invariant)
    for (const fix of invariant?.healedBy ?? [])
      calls.set(fix, [...(calls.get(fix) ?? []), judgement])
  }
  return [...calls]
    .map(([fix, because]) => ({
      fix,
      because,
      acts: planOf(fix, seen, policy).filter(({ command }) => !baseline.acts.has(command)),
    }))
    .filter(candidate => candidate.acts.length > 0)
    .toSorted((a, b) => harms.indexOf(a.fix.harm) - harms.indexOf(b.fix.harm))
}

const describe = ({ fix, because, acts }: Candidate): Omit<Healing, 'outcome'> => ({
  fix: fix.name,
  title: fix.title,
  harm: fix.harm,
  because: because.map(nameOf),
  acts: acts.map(act => act.command),
})

/** What healing would do, without doing it. */
export const plan = (seen: Evaluation, task: Task): readonly Healing[] =>
  candidates(seen, task).map(candidate => ({
    ...describe(candidate),
    outcome: { kind: 'planned' },
  }))

/** Why a fix may not act now; undefined: it may. */
function obstacle(
  { name, cooldown, harm }: Fix,
  memory: Memory,
  now: number,
  disabled: ReadonlySet<string> | undefined,
): HeldCause | undefined {
  if (disabled?.has(name)) return { kind: 'disabled' }
  const past = memory.attempts.get(name)
  if (past !== undefined && past.times >= mostAttempts)
    return { kind: 'tried-enough', times: past.times }
  if (past !== undefined && cooldown !== undefined && now - past.lastAt < ms(cooldown))
    return { kind: 'cooling-down', cooldown }
  return isHeavy(harm) && now < memory.backoffUntil ? { kind: 'backing-off' } : undefined
}

/** Whether it may act now. What holds it is told once, and is no attempt. */
async function mayAct(fix: Fix, context: HealContext, memory: Memory): Promise<boolean> {
  const reason = await context.may?.(fix)
  if (reason === undefined) {
    memory.held.delete(fix.name)
    return true
  }
  if (memory.held.get(fix.name) !== reason) context.add({ kind: 'fix-held', fix: fix.name, reason })
  memory.held.set(fix.name, reason)
  return false
}

/** Why nothing more is begun; undefined: nobody has asked for it. */
const stopIn = ({ signal }: HealContext): string | undefined =>
  signal?.aborted === true ? errorMessage(signal.reason) : undefined

/** Waits, or until it is stopped: then false. */
const waited = (context: HealContext, time: number): Promise<boolean> =>
  context.runtime.clock.sleep(time, context.signal).then(
    () => true,
    error => {
      if (stopIn(context) === undefined) throw error
      return false
    },
  )

/** Looks again as often as the fix wants. Undefined when the need for it has gone meanwhile. */
async function confirmed(
  candidate: Candidate,
  context: HealContext,
): Promise<Candidate | undefined> {
  const { fix } = candidate
  const { looks, every } = fix.confirm ?? { looks: 1, every: '0 s' }
  let current = candidate
  for (let seen = 1; seen < looks; seen += 1) {
    if (seen === 1) context.add({ kind: 'fix-confirming', fix: fix.name, looks, every })
    await context.runtime.clock.sleep(ms(every), context.signal)
    const again = candidates(await context.evaluate(), context).find(next => next.fix === fix)
    if (again === undefined) return undefined
    current = again
  }
  return current
}

/**
 * Whether what called for the fix is no longer violated: all of it, within the time that the fix
 * takes to settle.
 */
async function helped({ fix, because }: Candidate, context: HealContext): Promise<boolean> {
  const until = context.runtime.clock.now() + ms(fix.settles)
  const { baseline = nothingBefore } = context
  const called = new Set(because.map(nameOf))
  for (;;) {
    const { judgements } = await context.evaluate()
    if (
      !judgements.some(judgement => called.has(nameOf(judgement)) && isWorse(judgement, baseline))
    )
      return true
    if (context.runtime.clock.now() >= until || !(await waited(context, settleEvery))) {
      // Some of it may be the matter of another fix: less is help, too.
      return (
        newlyViolated(judgements, baseline).filter(judgement => called.has(nameOf(judgement)))
          .length < because.length
      )
    }
  }
}

/**
 * Counts attempts when they begin: a cooldown that is stamped afterwards once let a healer kill a
 * healthy service 54 times.
 */
function attempted(memory: Memory, fix: Fix, at: number): void {
  memory.attempts.set(fix.name, {
    times: (memory.attempts.get(fix.name)?.times ?? 0) + 1,
    lastAt: at,
  })
}

function resultOf(helped: boolean, context: HealContext): 'helped' | 'did-not-help' | 'stopped' {
  if (helped) return 'helped'
  return stopIn(context) === undefined ? 'did-not-help' : 'stopped'
}

async function act(candidate: Candidate, context: HealContext, memory: Memory): Promise<Healing> {
  const { fix, acts } = candidate
  const { clock } = context.runtime
  const began = clock.now()
  attempted(memory, fix, began)
  await context.remember?.(memory)
  try {
    for (const each of acts) {
      context.add({ kind: 'fix-acts', fix: fix.name, command: each.command })
      await each.apply(context.runtime)
    }
  } catch (thrown) {
    const error = errorMessage(thrown)
    context.add({ kind: 'fix-failed', fix: fix.name, error })
    return { ...describe(candidate), outcome: { kind: 'failed', error } }
  }
  const help = await helped(candidate, context)
  if (!help && stopIn(context) === undefined && isHeavy(fix.harm)) {
    memory.backoffUntil = clock.now() + backoff
    await context.remember?.(memory)
  }
  context.add({ kind: 'fix-ended', fix: fix.name, result: resultOf(help, context) })
  return {
    ...describe(candidate),
    outcome: { kind: 'applied', helped: help, tookMs: clock.now() - began },
  }
}

/** Tries the one fix that does least harm. Undefined when nothing is left that may be tried. */
export async function healOnce(
  seen: Evaluation,
  context: HealContext,
  memory: Memory,
): Promise<Healing | undefined> {
  for (const candidate of candidates(seen, context)) {
    if (
      obstacle(candidate.fix, memory, context.runtime.clock.now(), context.disabled) !== undefined
    )
      continue
    if (!(await mayAct(candidate.fix, context, memory))) continue
    const sure = await confirmed(candidate, context)
    if (sure === undefined) {
      attempted(memory, candidate.fix, context.runtime.clock.now())
      context.add({ kind: 'fix-not-needed', fix: candidate.fix.name })
      return { ...describe(candidate), outcome: { kind: 'held', cause: { kind: 'not-needed' } } }
    }
    // Looking as often as it wants takes its time: what it may is asked again, right before it
    // acts.
    if (candidate.fix.confirm !== undefined && !(await mayAct(candidate.fix, context, memory)))
      continue
    return act(sure, context, memory)
  }
  return undefined
}

/** What a whole run of healing did, and how it looks afterwards. */
export interface Healed {
  before: Evaluation
  after: Evaluation
  healings: readonly Healing[]
}

/**
 * What healing may still have to do with: unknown, or violated and either new or of a kind that
 * some fix mends: a service is
 * back later than the node that it waited for. What nobody can mend is not waited for.
 */
const restless = (
  before: Evaluation,
  { judgements }: Evaluation,
  invariants: readonly Invariant[],
): boolean => {
  const old = new Set(violated(before.judgements).map(nameOf))
  const mendable = new Set(
    invariants.filter(({ healedBy = [] }) => healedBy.length > 0).map(({ name }) => name),
  )
  return judgements.some(
    judgement =>
      judgement.verdict.kind === 'unknown' ||
      (judgement.verdict.kind === 'violated' &&
        (mendable.has(judgement.invariant) || !old.has(nameOf(judgement)))),
  )
}

/** A wait that was broken off by a stop has found nothing to do. */
const unlessStopped =
  (context: HealContext) =>
  (error: unknown): undefined => {
    if (stopIn(context) === undefined) throw error
    return undefined
  }

/** Why a fix that is called for did not act. */
function heldCause(fix: Fix, context: HealContext, memory: Memory): HeldCause {
  const stopped = stopIn(context)
  if (stopped !== undefined) return { kind: 'stopped', reason: stopped }
  const held = obstacle(fix, memory, context.runtime.clock.now(), context.disabled)
  if (held !== undefined) return held
  const reason = memory.held.get(fix.name)
  return reason === undefined ? { kind: 'not-reached' } : { kind: 'not-permitted', reason }
}

/**
 * Heals until nothing more can be tried, and what was done has settled: after a restart some of the
 * damage is only seen once
 * the node is back. A stop lets the fix that acts end, and begins no other. Without `apply` it only
 * plans.
 */
export async function heal(context: HealContext, options: { apply: boolean }): Promise<Healed> {
  const before = await context.evaluate()
  if (!options.apply) return { before, after: before, healings: plan(before, context) }
  const memory = context.memory ?? freshMemory()
  const healings: Healing[] = []
  let after = before
  let settled = 0
  while (stopIn(context) === undefined) {
    const healing = await healOnce(after, context, memory).catch(unlessStopped(context))
    if (healing === undefined) {
      if (
        context.runtime.clock.now() >= settled ||
        !restless(before, after, context.invariants) ||
        !(await waited(context, settleEvery))
      )
        break
    } else {
      healings.push(healing)
      const fix = fixesOf(context.invariants).find(({ name }) => name === healing.fix)
      // What was in vain has been waited for already.
      if (healing.outcome.kind === 'applied' && healing.outcome.helped && fix !== undefined)
        settled = context.runtime.clock.now() + ms(fix.settles)
    }
    after = await context.evaluate()
  }
  const tried = new Set(healings.map(healing => healing.fix))
  const held = candidates(after, context)
    .filter(({ fix }) => !tried.has(fix.name))
    .map(
      candidate =>
        ({
          ...describe(candidate),
          outcome: {
            kind: 'held',
            cause: heldCause(candidate.fix, context, memory),
          },
        }) as const,
    )
  return { before, after, healings: [...healings, ...held] }
}
