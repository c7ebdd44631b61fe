// A world of a few parts that are up, down or silent, on virtual time: what judging, watching,
// healing and drilling are tested on.
import {
  type Finding,
  fault,
  fix,
  invariant,
  type Fix,
  type FixDefinition,
  type Invariant,
  type Policy,
  type Question,
  type Runtime,
} from '#src/model/index.ts'
import { VirtualClock } from '#lab/kernel/clock.ts'
import { SeededRandom } from '#lab/kernel/random.ts'
import { policyWith } from './policy.ts'

/** `silent`: who asks gets an error. */
export type State = 'up' | 'down' | 'silent'

export interface Model {
  readonly clock: VirtualClock
  readonly runtime: Runtime
  readonly policy: Policy
  /** How a part is now; up unless it was set. */
  state(part: string): State
  set(part: string, state: State): void
  /** Sets it after `ms` of virtual time. */
  later(ms: number, part: string, state: State): void
  /**
   * Whether a part is up, asked in twice `latency` ms of virtual time; the answer is of the middle
   * of it.
   */
  question(part: string): Question<boolean>
  /** Holds while the part is up. */
  invariant(part: string, change?: { healedBy?: readonly Fix[] }): Invariant
  /**
   * A fix with one act, which brings the part up, or does what is given. Wants to act while the
   * part is down.
   */
  fix(part: string, change?: Partial<FixDefinition> & { act?: () => void | Promise<void> }): Fix
  /** Parts that were asked, in order. */
  readonly asked: readonly string[]
  /** Everything that was done to the world, with the time since its start in ms. */
  readonly deeds: readonly { at: number; deed: string }[]
  did(deed: string): void
}

/** Time 0 of the model, ms since the epoch. */
/** What the invariant of a part finds while the part is down. */
export const downFinding = (part: string): Finding => ({
  code: 'down',
  seen: `${part} is down`,
  expected: 'up',
  remedy: 'start it',
})

export const start = Date.parse('2026-11-21T12:00:00Z')

const nothingElse = (): never => {
  throw new Error('the model has nothing but its parts')
}

/** A runtime with a clock and nothing else. */
const runtimeWith = (clock: VirtualClock, lacks: Runtime['lacks']): Runtime => ({
  target: { kind: 'lab', description: 'a model' },
  lacks,
  home: '/home',
  clock,
  random: new SeededRandom(1),
  shell: { run: nothingElse },
  net: { http: nothingElse, tcp: nothingElse },
  files: { read: nothingElse, list: nothingElse, write: nothingElse, remove: nothingElse },
  dispatcher: nothingElse,
})

/** An invariant that a part is up. */
const invariantOf =
  ({ question }: Pick<Model, 'question'>): Model['invariant'] =>
  (part, change = {}) =>
    invariant({
      name: `${part}-is-up`,
      title: `${part} is up`,
      reason: 'somebody needs it',
      subjects: () => [{ name: part }],
      observe: () => [question(part)],
      judge: (_, answers) => (answers(question(part)) ? [] : [downFinding(part)]),
      ...change,
    })

/** A fix that brings a part up, or runs `act` instead. */
const fixOf =
  ({ question, set, did }: Pick<Model, 'question' | 'set' | 'did'>): Model['fix'] =>
  (part, { act, ...change } = {}) => {
    const started = {
      command: `start ${part}`,
      async apply() {
        did(change.name ?? `start-${part}`)
        if (act === undefined) set(part, 'up')
        else await act()
      },
    }
    return fix({
      name: `start-${part}`,
      title: `start ${part}`,
      reason: 'it is down',
      harm: 'none',
      settles: '10 s',
      observe: () => [question(part)],
      plan: answers => (answers(question(part)) ? [] : [started]),
      ...change,
    })
  }

/** A new model in which every part is up. */
export function newModel({
  latency = 5,
  policy = policyWith(),
  lacks = {},
}: { latency?: number; policy?: Policy; lacks?: Runtime['lacks'] } = {}): Model {
  const clock = new VirtualClock(start)
  const states = new Map<string, State>()
  const asked: string[] = []
  const deeds: { at: number; deed: string }[] = []
  const did = (deed: string): void => void deeds.push({ at: clock.now() - start, deed })
  const set = (part: string, state: State): void => void states.set(part, state)
  const state = (part: string): State => states.get(part) ?? 'up'
  const question = (part: string): Question<boolean> => ({
    key: part,
    description: `ask ${part}`,
    origin: 'model',
    needs: [],
    async ask() {
      asked.push(part)
      await clock.sleep(latency)
      const seen = state(part)
      await clock.sleep(latency)
      if (seen === 'silent') throw new Error('no answer')
      return seen === 'up'
    },
  })
  return {
    clock,
    runtime: runtimeWith(clock, lacks),
    policy,
    state,
    set,
    question,
    asked,
    deeds,
    did,
    later: (ms, part, next) => void clock.after(ms, () => set(part, next)),
    invariant: invariantOf({ question }),
    fix: fixOf({ question, set, did }),
  }
}

/** A fault that takes a part down; its undo brings it up. */
export const breaking = (model: Model) =>
  fault<string, { part: string; was: State }>({
    name: 'part.break',
    describe: part => `break ${part}`,
    blast: 'pod',
    needs: [],
    prepare: async part => ({ part, was: model.state(part) }),
    async inject({ part }) {
      model.did(`break ${part}`)
      model.set(part, 'down')
    },
    async undo({ part, was }) {
      model.did(`undo ${part}`)
      model.set(part, was)
    },
    manualUndo: ({ part }) => `start ${part} by hand`,
  })
