// One attempt: confirm that the fix is needed, ask whether it may act, act, and see whether it
// helped.
import { isWorse, newlyViolated } from '#src/engine/evaluate/baseline.ts'
import type { Evaluation } from '#src/engine/evaluate/evaluate.ts'
import { errorMessage, ms, nameOf, type Fix, type Healing } from '#src/model/index.ts'
import { candidates, describe, nothingBefore, type Candidate } from './candidates.ts'
import { slept, stopIn, type HealContext } from './context.ts'
import {
  backoff,
  countAttempt,
  isHeavy,
  obstacle,
  rememberHelp,
  repeatsInVain,
  type Memory,
} from './memory.ts'

/** Between evaluations while a fix takes effect, ms. */
export const settleEvery = 2_000

/** Whether a fix may act now. A reason against it is reported once, and is no attempt. */
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

/** Evaluates as often as the fix asks for. Undefined: the fix is no longer needed. */
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

/** Whether everything that called for the fix is mended within the time that it settles in. */
async function helped({ fix, because }: Candidate, context: HealContext): Promise<boolean> {
  const { clock } = context.runtime
  const until = clock.now() + ms(fix.settles)
  const { baseline = nothingBefore } = context
  const called = new Set(because.map(nameOf))
  for (;;) {
    const { judgements } = await context.evaluate()
    const concerned = judgements.filter(judgement => called.has(nameOf(judgement)))
    if (!concerned.some(judgement => isWorse(judgement, baseline))) return true
    if (clock.now() >= until || !(await slept(context, settleEvery)))
      // Another fix may have to mend the rest: fewer violations are help, too.
      return newlyViolated(concerned, baseline).length < because.length
  }
}

function resultOf(help: boolean, context: HealContext): 'helped' | 'did-not-help' | 'stopped' {
  if (help) return 'helped'
  return stopIn(context) === undefined ? 'did-not-help' : 'stopped'
}

/** Runs the acts of a fix, one after the other. */
async function applyAll({ fix, acts }: Candidate, context: HealContext): Promise<void> {
  for (const act of acts) {
    context.add({ kind: 'fix-acts', fix: fix.name, command: act.command })
    await act.apply(context.runtime)
  }
}

const commandsOf = ({ acts }: Candidate): readonly string[] => acts.map(({ command }) => command)

async function act(candidate: Candidate, context: HealContext, memory: Memory): Promise<Healing> {
  const { fix } = candidate
  const { clock } = context.runtime
  const began = clock.now()
  countAttempt(memory, fix, began)
  await context.remember?.(memory)
  try {
    await applyAll(candidate, context)
  } catch (thrown) {
    const error = errorMessage(thrown)
    context.add({ kind: 'fix-failed', fix: fix.name, error })
    return { ...describe(candidate), outcome: { kind: 'failed', error } }
  }
  const help = await helped(candidate, context)
  if (stopIn(context) === undefined) rememberHelp(memory, fix, commandsOf(candidate), help)
  if (!help && stopIn(context) === undefined && isHeavy(fix.harm)) {
    memory.backoffUntil = clock.now() + backoff
    await context.remember?.(memory)
  }
  context.add({ kind: 'fix-ended', fix: fix.name, result: resultOf(help, context) })
  const tookMs = clock.now() - began
  return { ...describe(candidate), outcome: { kind: 'applied', helped: help, tookMs } }
}

/** The need for a fix went away while it was confirmed. */
function notNeeded(candidate: Candidate, context: HealContext, memory: Memory): Healing {
  const { fix } = candidate
  countAttempt(memory, fix, context.runtime.clock.now())
  context.add({ kind: 'fix-not-needed', fix: fix.name })
  return { ...describe(candidate), outcome: { kind: 'held', cause: { kind: 'not-needed' } } }
}

/** Tries the fix that does the least harm. Undefined: no fix may be tried. */
export async function healOnce(
  seen: Evaluation,
  context: HealContext,
  memory: Memory,
): Promise<Healing | undefined> {
  const { clock } = context.runtime
  for (const candidate of candidates(seen, context)) {
    const { fix } = candidate
    if (obstacle(fix, memory, clock.now(), context.disabled) !== undefined) continue
    if (repeatsInVain(memory, fix, commandsOf(candidate))) continue
    if (!(await mayAct(fix, context, memory))) continue
    const sure = await confirmed(candidate, context)
    if (sure === undefined) return notNeeded(candidate, context, memory)
    // The confirmation took time, so the permission is asked for again.
    if (fix.confirm !== undefined && !(await mayAct(fix, context, memory))) continue
    return act(sure, context, memory)
  }
  return undefined
}
