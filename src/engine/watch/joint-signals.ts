// Signals that are judged by all of their questions together: asked in intervals, or followed.
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

/** The state that the parts of one watch share. */
export interface Watcher {
  runtime: Runtime
  policy: Policy
  drill: Drill
  /** Aborts when the watch ends. */
  over: AbortSignal
  pace: Pace
  latest: LatestAnswers
  take(about: Watched, sample: Sample): void
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

/** Whether an answer is older than the time at which the signal became unobserved. */
const isStale = ({ state, questions, blindAt }: JointSignal, { latest }: Watcher): boolean =>
  state.unseenSince() !== undefined &&
  questions.some(
    ({ key, follow }) => follow === undefined && (latest.get(key)?.since ?? 0) < blindAt,
  )

/** Judges a signal by its latest answers, once all of its questions have one. */
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
  // A question without an answer leaves a gap in the signal.
  const gap = gaps > about.gaps || state.unseenSince() !== undefined
  about.gaps = gaps
  const trace = kind === 'good' ? fingerprintOf(signal, answers, watcher) : undefined
  watcher.take(about, { kind, after, by, gap, trace })
}

/** Asks signals of the same interval until the watch ends. Shared questions are asked once. */
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

type Delivered = { kind: 'known'; value: unknown } | { kind: 'unknown' | 'absent'; why: string }

/** Follows a question until the watch ends, and judges each change at once. */
export async function followQuestion(
  question: Question<unknown>,
  together: readonly JointSignal[],
  watcher: Watcher,
): Promise<void> {
  const { runtime, policy, over, pace, latest } = watcher
  const { clock } = runtime
  const { key, description, origin, needs, deadline = defaultDeadline } = question
  const concerned = together.filter(({ questions }) => questions.some(one => one.key === key))
  const deliver = (answer: Delivered, since: number, gap: boolean): void => {
    const before = latest.get(key)?.answer
    const isNews =
      before?.kind !== 'known' || answer.kind !== 'known' || before.value !== answer.value
    const at = clock.now()
    latest.post(key, { ...answer, description, origin, at, tookMs: at - since }, since, gap)
    // An unchanged value matters only to signals that are not good.
    for (const about of concerned)
      if (isNews || about.state.known() !== 'good') judge(about, watcher)
  }
  const why = needs.flatMap(need => runtime.lacks[need] ?? [])[0]
  if (why !== undefined) return deliver({ kind: 'absent', why }, clock.now(), false)
  await question.follow?.({
    runtime,
    policy,
    deadline,
    signal: over,
    onValue: ({ value, since, watchGap }) => deliver({ kind: 'known', value }, since, watchGap),
    onLost: reason => deliver({ kind: 'unknown', why: reason }, clock.now(), false),
    longestWatchMs: () => pace.slowed(Math.max(1_000, 4 * clock.closest)),
    shortenWatch: pace.hurry,
  })
}
