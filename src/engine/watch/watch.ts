// Watching a recovery: what can be followed is followed, the rest is asked often, and the last way
// of each signal from bad to good becomes a mark.
import {
  ms,
  answersOf,
  type Answer,
  type Drill,
  type Milestone,
  type MilestoneName,
  type Policy,
  type Question,
  type Runtime,
  type Answers,
  type Signal,
  type SignalChange,
  type TogetherSignal,
} from '#src/model/index.ts'
import { withoutStrays } from './astray.ts'
import { newBell } from './bell.ts'
import { askClosely } from './closely.ts'
import { defaultDeadline, observe } from '#src/engine/evaluate/observe.ts'
import type { Sight } from './signal-state.ts'
import {
  apartOf,
  sightOf,
  standing,
  togetherOf,
  type Apart,
  type Together,
  type Watched,
} from './watched.ts'

export interface Watching {
  /** Marks of the signals that went bad and came back; those that are bad now have none. */
  milestones(): readonly Milestone[]
  /** Aborts when the next signal is lost. */
  nextLoss(): AbortSignal
  /** Aborts when the next signal is well again, with all of its parts. */
  nextReturn(): AbortSignal
  /** Signals that are not well now, as far as anybody knows. */
  bad(): readonly MilestoneName[]
  /** Signals that nobody can see now, and since when. */
  unseen(): readonly { milestone: MilestoneName; since: number }[]
  /** Ends all asking. Resolves when the last question is answered. */
  stop(): Promise<void>
}

/**
 * After this long without anything bad, ms, signals are asked this many times less often. What goes
 * bad then is followed at the full pace at once.
 */
const calmAfter = 10_000
const calmer = 4
/**
 * Nothing is asked more often than that while all is well, ms. @source joelclaw policy: a service's
 * own check once a second is often
 */
const calmPace = 500

/** What the last answer to a question was, and how old it may be. */
interface Known {
  answer: Answer<unknown>
  /** When it was asked; of what is followed, from when on it was so. */
  since: number
  /** The same of the last answer that was one. */
  knownSince: number
  /** How often something may have gone unseen. */
  gaps: number
}

const shared = (questions: readonly Question<unknown>[]): readonly Question<unknown>[] => [
  ...new Map(questions.map(question => [question.key, question])).values(),
]

/**
 * Starts to watch. `changed` is told when a signal goes bad or comes back, and when nobody can see
 * it.
 */
export function watch(
  signals: readonly Signal[],
  {
    runtime,
    policy,
    drill,
    changed,
  }: {
    runtime: Runtime
    policy: Policy
    drill: Drill
    changed(signal: string, change: SignalChange): void
  },
): Watching {
  const { clock } = runtime
  const over = new AbortController()
  const [loss, comeback, stir] = [newBell(), newBell(), newBell()]
  let lastStir = clock.now()
  const together = togetherOf(signals, policy, drill, clock.now())
  const apart = apartOf(signals, policy, drill, clock.now())
  const watched: readonly Watched[] = [...together, ...apart]
  const all = standing(watched)
  const board = new Map<string, Known>()

  /** Everything has been well for a while: nothing is about to be marked. */
  const isCalm = (): boolean =>
    clock.now() - lastStir > calmAfter &&
    watched.every(({ track }) => track.known() !== 'bad' && track.unseenSince() === undefined)
  /** Aborts when calm is over. */
  const hurry = (): AbortSignal => (isCalm() ? stir.next() : never)
  const slowed = (pace: number): number => (isCalm() ? Math.max(calmPace, pace * calmer) : pace)

  /** Something is not well: whoever asks calmly asks at once. */
  function startle(message: string): void {
    const wasCalm = isCalm()
    lastStir = clock.now()
    if (wasCalm) stir.ring(`${message} is not well`)
  }

  function take({ milestone, description, track }: Watched, sight: Sight): void {
    if (sight.kind !== 'good') startle(description)
    for (const turn of track.note(sight)) {
      changed(description, turn)
      if (turn.kind === 'lost') loss.ring(`${description} is lost`)
      else if (turn.kind === 'back' && !all.bad().includes(milestone))
        comeback.ring(`${milestone} is back`)
    }
  }

  /**
   * What the board says of a signal now. Nothing before all of its questions were asked once, or
   * where it has no meaning.
   */
  function judge(about: Together): void {
    const { signal, track, questions } = about
    const found = questions.map(({ key }) => [key, board.get(key)] as const)
    const known = found.flatMap(([, entry]) => (entry === undefined ? [] : [entry]))
    if (known.length < questions.length) return
    const [at, gaps] = [clock.now(), known.reduce((sum, { gaps: more }) => sum + more, 0)]
    const after = Math.min(at, ...known.map(({ since }) => since))
    const answers = answersOf({
      version: 1,
      cluster: policy.cluster,
      target: runtime.target,
      startedAt: after,
      endedAt: at,
      answers: Object.fromEntries(found.map(([key, entry]) => [key, entry!.answer])),
    })
    const kind = sightOf(() => signal.good(answers, policy, drill))
    if (kind === 'absent') return
    if (kind === 'unseen') {
      if (track.unseenSince() === undefined) about.blindAt = at
      return take(about, {
        kind,
        after: Math.min(at, ...known.map(({ knownSince }) => knownSince)),
        by: at,
      })
    }
    // What was asked before nobody could look says nothing of afterwards.
    if (
      track.unseenSince() !== undefined &&
      questions.some(
        ({ key, follow: followed }) =>
          followed === undefined && (board.get(key)?.since ?? 0) < about.blindAt,
      )
    )
      return
    // While one of its questions has no answer nobody judges what the others say.
    const gap = gaps > about.gaps || track.unseenSince() !== undefined
    about.gaps = gaps
    take(about, {
      kind,
      after,
      by: at,
      gap,
      trace: kind === 'good' ? traceOf(signal, answers) : undefined,
    })
  }

  const traceOf = ({ changeFingerprint }: TogetherSignal, answers: Answers): string | undefined => {
    try {
      return changeFingerprint?.(answers, policy, drill)
    } catch {
      return undefined
    }
  }

  /**
   * Puts an answer on the board. A question that had none before it was answered again has a gap.
   */
  function post(key: string, answer: Answer<unknown>, since: number, gap: boolean): void {
    const before = board.get(key)
    const gaps = before?.gaps ?? 0
    board.set(key, {
      answer,
      since,
      knownSince: answer.kind === 'known' ? since : (before?.knownSince ?? since),
      gaps: gaps + (gap ? 1 : 0),
    })
  }

  /** Signals with the same rhythm look together: what they share is asked once. */
  async function ask(group: readonly Together[], every: number): Promise<void> {
    const questions = shared(group.flatMap(about => about.questions)).filter(
      ({ follow }) => follow === undefined,
    )
    while (!over.signal.aborted) {
      const began = clock.now()
      const { answers } = await observe(questions, runtime, policy)
      for (const [key, answer] of Object.entries(answers))
        post(
          key,
          answer,
          began,
          answer.kind === 'known' && board.get(key)?.answer.kind === 'unknown',
        )
      for (const about of group) judge(about)
      await clock
        .sleep(
          Math.max(0, slowed(every) - (clock.now() - began)),
          AbortSignal.any([over.signal, hurry()]),
        )
        .catch(() => {})
    }
  }

  /** What is told by itself is judged at once. */
  async function follow(question: Question<unknown>): Promise<void> {
    const { key, description, origin, needs, deadline = defaultDeadline } = question
    const told = (
      answer: { kind: 'known'; value: unknown } | { kind: 'unknown' | 'absent'; why: string },
      since: number,
      gap: boolean,
    ): void => {
      const before = board.get(key)?.answer
      const isNews =
        before?.kind !== 'known' || answer.kind !== 'known' || before.value !== answer.value
      post(
        key,
        { ...answer, description, origin, at: clock.now(), tookMs: clock.now() - since },
        since,
        gap,
      )
      // That it is still the same is of interest only while something is not well.
      for (const about of together)
        if (
          about.questions.some(one => one.key === key) &&
          (isNews || about.track.known() !== 'good')
        )
          judge(about)
    }
    const why = needs.flatMap(need => runtime.lacks[need] ?? [])[0]
    if (why !== undefined) return told({ kind: 'absent', why }, clock.now(), false)
    await question.follow?.({
      runtime,
      policy,
      deadline,
      signal: over.signal,
      onValue: ({ value, since, watchGap }) => told({ kind: 'known', value }, since, watchGap),
      onLost: reason => told({ kind: 'unknown', why: reason }, clock.now(), false),
      longestWatchMs: () => slowed(Math.max(1_000, 4 * clock.closest)),
      shortenWatch: hurry,
    })
  }

  async function askOften(parts: readonly Apart[]): Promise<void> {
    const questions = parts.map(({ part }) => part.question)
    const believed = parts.map(about => ({
      about,
      believe: withoutStrays(clock, about.track, sight => take(about, sight)),
    }))
    await askClosely(clock, {
      signal: over.signal,
      pace: () => slowed(clock.closest),
      ask: () => observe(questions, runtime, policy),
      told(snapshot, after, came) {
        const answers = answersOf(snapshot)
        for (const { about, believe } of believed) {
          const kind = sightOf(() => about.part.good(answers))
          if (kind === 'absent') continue
          // Whether a failure lasts is to be known soon.
          if (kind === 'bad') startle(about.description)
          // It does not matter to one part how long another one hangs.
          believe({
            kind,
            after,
            by: snapshot.answers[about.part.question.key]?.at ?? came,
            overlaps: true,
          })
        }
      },
    })
  }

  const running = [...Map.groupBy(together, ({ signal }) => signal.every)].map(([every, group]) =>
    ask(group, ms(every)),
  )
  running.push(...[...Map.groupBy(apart, ({ milestone }) => milestone).values()].map(askOften))
  running.push(
    ...shared(
      together.flatMap(({ questions }) =>
        questions.filter(question => question.follow !== undefined),
      ),
    ).map(follow),
  )
  return {
    ...all,
    nextLoss: loss.next,
    nextReturn: comeback.next,
    async stop() {
      over.abort(new Error('the drill is over'))
      await Promise.all(running)
    },
  }
}

const never = new AbortController().signal
