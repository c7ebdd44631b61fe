// One drill that dies somewhere, the starts after it, and what the world is like in the end.
import { mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import { findPendingJournals } from '#src/runs/recovery/pending-journals.ts'
import { undoPending, type Leftover } from '#src/runs/recovery/recover.ts'
import { settingsFrom } from '#src/runs/settings.ts'
import { journalFolder, journalFor, journalsOf } from '#src/runs/process/state.ts'
import { guarded } from '#helpers/forbidden/forbidden.ts'
import { forDrills } from '#src/runs/target.ts'
import { vm } from '#helpers/colima/vm.ts'
import { faults } from '#helpers/faults.ts'
import { signals } from '#helpers/kubernetes/signals.ts'
import { runDrill } from '#src/engine/drill/drill.ts'
import { heal } from '#src/engine/heal/heal.ts'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import { nameOf, fails, type Drill, type DrillResult, type Phase } from '#src/model/index.ts'
import type { Lab } from '#lab/lab.ts'
import { invariants } from '#specs/invariants/index.ts'
import { differences, factsOf } from '#tests/drills/facts.ts'
import { newLab, policy } from '#tests/drills/stage.ts'
import { mortal, type Death, type Mortal, type Step } from './mortal.ts'

const settings = settingsFrom({})
const world = policy.cluster

/**
 * Real starts are never closer together, ms. @source measured: the command line takes 200 ms to its
 * first request
 */
const betweenStarts = 300
/** Long enough for controllers, kubelets and the start of a VM to follow. */
const settling = 240_000

/** A state folder of its own, in which what is under `work` keeps its journals. */
async function withState<T>(work: () => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-interrupts-'))
  env['HOLDFAST_STATE'] = folder
  try {
    return await work()
  } finally {
    delete env['HOLDFAST_STATE']
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Cuts the newest journal off in the middle of its last line, as a process that dies while it
 * writes does.
 */
function tear(): void {
  const [found] = journalsOf(world)
  if (found === undefined) return
  const lines = readFileSync(found.path, 'utf8').split('\n')
  const last = lines.at(-2) ?? ''
  // The first record is whole from its first moment: its file is only named once it is.
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

/**
 * Runs a drill in a lab until it ends or dies. `stopped`: somebody stops it as soon as everything
 * is injected.
 */
async function drillIn(
  lab: Lab,
  drill: Drill,
  death: Death | undefined,
  stopped: boolean,
): Promise<Taken> {
  const phases: Phase[] = []
  let phase: Phase = 'prepare'
  let injected = 0
  const expected = (drill.setup?.(policy) ?? []).length + drill.faults(policy).length
  const stop = new AbortController()
  let stoppedAt: number | undefined
  let undoingAt: number | undefined
  const process = mortal(guarded(lab.runtime, forDrills), death, () => {
    stoppedAt = lab.context.clock.now()
    stop.abort(new Error('stopped'))
  })
  const milestone = (): void => {
    while (phases.length < process.steps.length) phases.push(phase)
  }
  const journal = process.journal(
    journalFor(world, drill, { runtime: process.runtime, policy, settings, tell: () => {} }),
    tear,
  )
  const running = runDrill(drill, {
    runtime: process.runtime,
    policy,
    faults,
    signals,
    journal,
    signal: stop.signal,
    heard: logEntry => {
      milestone()
      phase = logEntry.phase
      if (logEntry.phase === 'judge') undoingAt ??= logEntry.at
      if (logEntry.phase === 'inject') injected += 1
      if (
        stopped &&
        injected === expected &&
        (logEntry.phase === 'watch' || logEntry.phase === 'heal')
      )
        stop.abort(new Error('stopped'))
    },
  })
  const result = await Promise.race([running, process.died.then(() => undefined)])
  milestone()
  return {
    steps: process.steps,
    phases,
    result,
    switches: process.switches,
    ...(stoppedAt === undefined || undoingAt === undefined
      ? {}
      : { undoAfter: undoingAt - stoppedAt }),
  }
}

/**
 * What a start does before anything else: looks for what is left, and undoes it. Undefined when it
 * died.
 */
async function startIn(
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

/**
 * Dead-man's switches that still wait, in the VM and on the host: each would act long after all is
 * undone.
 */
async function waiting(lab: Lab, switches: ReadonlySet<string>): Promise<readonly string[]> {
  const remote = vm(
    { runtime: lab.runtime, deadline: 60_000, signal: new AbortController().signal },
    policy.host?.profile ?? 'default',
  )
  const found: string[] = []
  // A timer that is not there cannot be stopped: that is how its absence shows.
  for (const name of switches)
    if (
      await remote.run(['sudo', 'systemctl', 'stop', `${name}.timer`], { mux: false }).then(
        () => true,
        () => false,
      )
    )
      found.push(name)
  return [
    ...found,
    ...(await lab.runtime.files.list('~/.local/state/holdfast/switches')).map(({ name }) => name),
  ]
}

/** Configurations that follow a node to its new ports. */
export const configs: readonly string[] = ['~/.kube/config', '~/.talos/config']

/**
 * What ports Docker drew, and what follows from them, differs after each start of a container;
 * holdfast's own namespace stays.
 */
export function comparable(facts: Record<string, unknown>): Record<string, unknown> {
  const drawn = (text: unknown): unknown =>
    typeof text === 'string'
      ? text.replaceAll(/\b(3276[89]|327[7-9]\d|32[89]\d\d|33\d\d\d)\b/g, '<drawn>')
      : text
  return Object.fromEntries(
    Object.entries(facts)
      .filter(([name]) => !/^(Namespace \/holdfast|ConfigMap holdfast\/.*)$/.test(name))
      .map(([name, value]) => [
        name,
        name === 'forwards' && Array.isArray(value)
          ? value.filter(port => Number(port) < 32_768)
          : drawn(value),
      ]),
  )
}

export interface End {
  /** Of the drill, then of each start. */
  steps: readonly (readonly Step[])[]
  phases: readonly Phase[]
  /** Names of facts that are not as before. */
  different: readonly string[]
  /** The same after holdfast has healed what a restart leaves: no undo takes that back. */
  unhealed: readonly string[]
  /** Journals that are not closed, on disk and in the cluster. */
  open: readonly string[]
  /** Dead-man's switches that were not called off. */
  switches: readonly string[]
  /** What each start could not undo. */
  remains: readonly (readonly Leftover[])[]
  drill: DrillResult | undefined
  undoAfter: number | undefined
}

export interface Plan {
  drill: Drill
  death?: Death | undefined
  stopped?: boolean
  /** What a start of the node leaves is healed, and compared once more. Default: true. */
  healed?: boolean
  /** How each further start dies; the last one does not. */
  starts?: readonly (Death | undefined)[]
}

/** Boots a world, lets the drill and the starts happen, waits, and compares. */
export const play = ({
  drill,
  death,
  stopped = false,
  healed = true,
  starts = [undefined],
}: Plan): Promise<End> =>
  withState(async () => {
    const lab = newLab()
    const before = comparable(await factsOf(lab))
    const taken = await drillIn(lab, drill, death, stopped)
    const steps: (readonly Step[])[] = [taken.steps]
    const remains: (readonly Leftover[])[] = []
    for (const start of starts) {
      await lab.context.clock.sleep(betweenStarts)
      const done = await startIn(lab, start)
      steps.push(done.steps)
      remains.push(done.remains ?? [])
    }
    await lab.context.clock.sleep(settling)
    const different = differences(before, comparable(await factsOf(lab)))
    let unhealed: readonly string[] = []
    if (different.length > 0 && healed) {
      const runtime = guarded(lab.runtime, forDrills)
      const { after } = await heal(
        {
          runtime,
          policy,
          invariants,
          evaluate: () => evaluate(invariants, runtime, policy),
          add: () => {},
        },
        { apply: true },
      )
      await lab.context.clock.sleep(settling)
      // What leads to the API and to Talos has to lead there, whatever it is called: the invariants
      // judge that.
      unhealed = [
        ...differences(before, comparable(await factsOf(lab))).filter(
          name => !configs.includes(name),
        ),
        ...after.judgements.filter(fails).map(nameOf),
      ]
    }
    // What could not be tidied while the API was away is tidied by the next start.
    await startIn(lab, undefined)
    const inCluster = lab.context.store
      .list('ConfigMap')
      .filter(
        ({ metadata }) => metadata.namespace === 'holdfast' && metadata.name.startsWith('journal-'),
      )
      .map(({ metadata }) => metadata.name)
    const switches = await waiting(lab, taken.switches)
    // Who died may still wait for an answer that never comes: its world would turn for ever, beside
    // all tests that follow.
    lab.context.clock.end()
    return {
      steps,
      phases: taken.phases,
      different,
      unhealed,
      open: [
        ...journalsOf(world).map(({ path }) => path.slice(journalFolder(world).length)),
        ...inCluster,
      ],
      switches,
      remains,
      drill: taken.result,
      undoAfter: taken.undoAfter,
    }
  })
