// One drill, or one start after it, in a process that may die.
import { mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import { findPendingJournals } from '#src/runs/recovery/pending-journals.ts'
import { undoPending, type Leftover } from '#src/runs/recovery/leftovers.ts'
import { settingsFrom } from '#src/runs/settings.ts'
import { journalFor, journalsOf } from '#src/runs/process/state.ts'
import { guarded } from '#helpers/forbidden/forbidden.ts'
import { forDrills } from '#src/runs/target.ts'
import { faults } from '#helpers/faults.ts'
import { signals } from '#helpers/kubernetes/signals.ts'
import { runDrill } from '#src/engine/drill/drill.ts'
import { type Drill, type DrillResult, type LogEntry, type Phase } from '#src/model/index.ts'
import type { Lab } from '#lab/lab.ts'
import { policy } from '#tests/drills/stage.ts'
import type { Death, Step } from './life.ts'
import { mortal, type Mortal } from './mortal.ts'

const settings = settingsFrom({})
export const world = policy.cluster

/** Runs `work` with a state folder of its own, for its journals. */
export async function withState<T>(work: () => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-interrupts-'))
  env['HOLDFAST_STATE'] = folder
  try {
    return await work()
  } finally {
    delete env['HOLDFAST_STATE']
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Cuts off half of the newest journal's last line, as a process that dies while it writes does. */
function tear(): void {
  const [found] = journalsOf(world)
  if (found === undefined) return
  const lines = readFileSync(found.path, 'utf8').split('\n')
  const last = lines.at(-2) ?? ''
  // The first record is never torn: its file gets its name only when it is complete.
  if (lines.length > 3) truncateSync(found.path, found.length - Math.ceil(last.length / 2))
}

export interface Taken {
  steps: readonly Step[]
  /** Phase of the drill in which each step began. */
  phases: readonly Phase[]
  result: DrillResult | undefined
  switches: ReadonlySet<string>
  /** From the signal to the beginning of the undo, ms. */
  undoAfter?: number
}

/** The phase of a drill in which each step of its process began, and when its undo began. */
class DrillLog {
  readonly phases: Phase[] = []
  undoingAt: number | undefined
  #phase: Phase = 'prepare'
  #injected = 0
  readonly #steps: () => number

  constructor(steps: () => number) {
    this.#steps = steps
  }

  /** Assigns the present phase to all steps so far. */
  assign(): void {
    while (this.phases.length < this.#steps()) this.phases.push(this.#phase)
  }

  add({ phase, at }: LogEntry): void {
    this.assign()
    this.#phase = phase
    if (phase === 'judge') this.undoingAt ??= at
    if (phase === 'inject') this.#injected += 1
  }

  /** Whether `expected` faults are injected and the drill watches or heals. */
  isInjected(expected: number): boolean {
    return this.#injected === expected && (this.#phase === 'watch' || this.#phase === 'heal')
  }
}

/** Runs a drill in a lab until it ends or dies. `stopped`: stops it once everything is injected. */
export async function drillIn(
  lab: Lab,
  drill: Drill,
  death: Death | undefined,
  stopped: boolean,
): Promise<Taken> {
  const expected = (drill.setup?.(policy) ?? []).length + drill.faults(policy).length
  const stop = new AbortController()
  let stoppedAt: number | undefined
  const process = mortal(guarded(lab.runtime, forDrills), death, () => {
    stoppedAt = lab.context.clock.now()
    stop.abort(new Error('stopped'))
  })
  const log = new DrillLog(() => process.steps.length)
  const { runtime } = process
  const noted = journalFor(world, drill, { runtime, policy, settings, tell: () => {} })
  const running = runDrill(drill, {
    runtime,
    policy,
    faults,
    signals,
    journal: process.journal(noted, tear),
    signal: stop.signal,
    heard: logEntry => {
      log.add(logEntry)
      if (stopped && log.isInjected(expected)) stop.abort(new Error('stopped'))
    },
  })
  const result = await Promise.race([running, process.died.then(() => undefined)])
  log.assign()
  const { steps, switches } = process
  const taken: Taken = { steps, phases: log.phases, result, switches }
  if (stoppedAt !== undefined && log.undoingAt !== undefined)
    taken.undoAfter = log.undoingAt - stoppedAt
  return taken
}

/**
 * The first act of a start: finds open journals and undoes them. Undefined `remains`: the process
 * died.
 */
export async function startIn(
  lab: Lab,
  death: Death | undefined,
): Promise<{ steps: readonly Step[]; remains: readonly Leftover[] | undefined }> {
  const process: Mortal = mortal(guarded(lab.runtime, forDrills), death)
  const { runtime } = process
  const started = async (): Promise<readonly Leftover[]> => {
    const seen = await findPendingJournals(world, runtime, policy)
    const remains = await undoPending(seen.left, { runtime, policy, settings, tell: () => {} })
    await seen.tidy().catch(() => {})
    return remains
  }
  return {
    steps: process.steps,
    remains: await Promise.race([started(), process.died.then(() => undefined)]),
  }
}
