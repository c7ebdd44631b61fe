// A world of a few parts that are up, down or silent, on virtual time. Tests of judging, watching,
// healing and drilling use it.
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

/** `silent`: a question about the part gets an error. */
export type State = 'up' | 'down' | 'silent'

export interface Model {
  readonly clock: VirtualClock
  readonly runtime: Runtime
  readonly policy: Policy
  /** The present state of a part; up unless a test set it. */
  state(part: string): State
  set(part: string, state: State): void
  /** Sets the state after `ms` of virtual time. */
  later(ms: number, part: string, state: State): void
  /**
   * Tells whether a part is up. The question takes twice `latency` ms of virtual time, and the
   * answer is from the middle of it.
   */
  question(part: string): Question<boolean>
  /** Holds while the part is up. */
  invariant(part: string, change?: { healedBy?: readonly Fix[] }): Invariant
  /**
   * A fix with one act, which brings the part up or runs the given function. It plans the act only
   * while the part is down.
   */
  fix(part: string, change?: Partial<FixDefinition> & { act?: () => void | Promise<void> }): Fix
  /** The questioned parts, in order. */
  readonly asked: readonly string[]
  /** Everything that changed the world, with the time since its start in ms. */
  readonly deeds: readonly { at: number; deed: string }[]
  did(deed: string): void
}

/** Time 0 of the model, ms since the epoch. */
/** The finding of a part's invariant while the part is down. */
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
