// Signals that are judged by all that they ask together: asked in a rhythm, or followed.
import { defaultDeadline, observe } from '#src/engine/evaluate/observe.ts'
import {
  answersOf,
  type Answers,
  type Drill,
  type Policy,
  type Question,
  type Runtime,
  type TogetherSignal,
} from '#src/model/index.ts'
import type { LatestAnswers } from './latest-answers.ts'
import type { Pace } from './pace.ts'
import type { Sample } from './signal-state.ts'
import { sampleKind, type JointSignal, type Watched } from './signals.ts'

/** What the parts of one watch share. */
export interface Watcher {
  runtime: Runtime
  policy: Policy
  drill: Drill
  /** Aborts when the watch ends. */
  over: AbortSignal
  pace: Pace
  latest: LatestAnswers
  take(about: Watched, sight: Sample): void
}

/** Each question once. */
export const distinctQuestions = (
  questions: readonly Question<unknown>[],
): readonly Question<unknown>[] => [
  ...new Map(questions.map(question => [question.key, question])).values(),
]

function fingerprintOf(
  { changeFingerprint }: TogetherSignal,
  answers: Answers,
  { policy, drill }: Watcher,
): string | undefined {
  try {
    return changeFingerprint?.(answers, policy, drill)
  } catch {
    return undefined
  }
}

/** What was asked before the signal went unobserved says nothing about afterwards. */
const isStale = ({ state, questions, blindAt }: JointSignal, { latest }: Watcher): boolean =>
  state.unseenSince() !== undefined &&
  questions.some(
    ({ key, follow }) => follow === undefined && (latest.get(key)?.since ?? 0) < blindAt,
  )

/**
 * What the latest answers say of a signal now. Nothing before all of its questions were asked once,
 * or where it does not apply.
 */
function judge(about: JointSignal, watcher: Watcher): void {
  const { signal, state, questions } = about
  const { runtime, policy, drill, latest } = watcher
  const found = questions.flatMap(({ key }) => {
    const entry = latest.get(key)
    return entry === undefined ? [] : [{ key, ...entry }]
  })
  if (found.length < questions.length) return
  const by = runtime.clock.now()
  const gaps = found.reduce((sum, each) => sum + each.gaps, 0)
  const after = Math.min(by, ...found.map(({ since }) => since))
  const answers = answersOf({
    version: 1,
    cluster: policy.cluster,
    target: runtime.target,
    startedAt: after,
    endedAt: by,
    answers: Object.fromEntries(found.map(({ key, answer }) => [key, answer])),
  })
  const kind = sampleKind(() => signal.good(answers, policy, drill))
  if (kind === 'absent') return
  if (kind === 'unseen') {
    if (state.unseenSince() === undefined) about.blindAt = by
    const known = Math.min(by, ...found.map(({ knownSince }) => knownSince))
    return watcher.take(about, { kind, after: known, by })
  }
  if (isStale(about, watcher)) return
  // While one of its questions has no answer, the others are not judged.
  const gap = gaps > about.gaps || state.unseenSince() !== undefined
  about.gaps = gaps
  const trace = kind === 'good' ? fingerprintOf(signal, answers, watcher) : undefined
  watcher.take(about, { kind, after, by, gap, trace })
}

/** Asks signals of the same rhythm until the watch ends: what they share is asked once. */
export async function askTogether(
  group: readonly JointSignal[],
  every: number,
  watcher: Watcher,
): Promise<void> {
  const { runtime, policy, over, pace, latest } = watcher
  const questions = distinctQuestions(group.flatMap(about => about.questions)).filter(
    ({ follow }) => follow === undefined,
  )
  while (!over.aborted) {
    const began = runtime.clock.now()
    const { answers } = await observe(questions, runtime, policy)
    for (const [key, answer] of Object.entries(answers)) {
      const gap = answer.kind === 'known' && latest.get(key)?.answer.kind === 'unknown'
      latest.post(key, answer, began, gap)
    }
    for (const about of group) judge(about, watcher)
    const wait = Math.max(0, pace.slowed(every) - (runtime.clock.now() - began))
    await runtime.clock.sleep(wait, AbortSignal.any([over, pace.hurry()])).catch(() => {})
  }
}

type Told = { kind: 'known'; value: unknown } | { kind: 'unknown' | 'absent'; why: string }

/** Follows a question until the watch ends: each change is judged at once. */
export async function followQuestion(
  question: Question<unknown>,
  together: readonly JointSignal[],
  watcher: Watcher,
): Promise<void> {
  const { runtime, policy, over, pace, latest } = watcher
  const { clock } = runtime
  const { key, description, origin, needs, deadline = defaultDeadline } = question
  const concerned = together.filter(({ questions }) => questions.some(one => one.key === key))
  const told = (answer: Told, since: number, gap: boolean): void => {
    const before = latest.get(key)?.answer
    const isNews =
      before?.kind !== 'known' || answer.kind !== 'known' || before.value !== answer.value
    const at = clock.now()
    latest.post(key, { ...answer, description, origin, at, tookMs: at - since }, since, gap)
    // That it is still the same matters only while something is not well.
    for (const about of concerned)
      if (isNews || about.state.known() !== 'good') judge(about, watcher)
  }
  const why = needs.flatMap(need => runtime.lacks[need] ?? [])[0]
  if (why !== undefined) return told({ kind: 'absent', why }, clock.now(), false)
  await question.follow?.({
    runtime,
    policy,
    deadline,
    signal: over,
    onValue: ({ value, since, watchGap }) => told({ kind: 'known', value }, since, watchGap),
    onLost: reason => told({ kind: 'unknown', why: reason }, clock.now(), false),
    longestWatchMs: () => pace.slowed(Math.max(1_000, 4 * clock.closest)),
    shortenWatch: pace.hurry,
  })
}
