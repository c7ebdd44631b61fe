// One drill that dies at some point, the starts after it, and the final state of the world.
import type { Leftover } from '#src/runs/recovery/leftovers.ts'
import { journalFolder, journalsOf } from '#src/runs/process/state.ts'
import { guarded } from '#helpers/forbidden/forbidden.ts'
import { forDrills } from '#src/runs/target.ts'
import { vm } from '#helpers/colima/vm.ts'
import { heal } from '#src/engine/heal/heal.ts'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import { nameOf, fails, type Drill, type DrillResult, type Phase } from '#src/model/index.ts'
import type { Lab } from '#lab/lab.ts'
import { invariants } from '#specs/invariants/index.ts'
import { differences, factsOf } from '#tests/drills/facts.ts'
import { newLab, policy } from '#tests/drills/stage.ts'
import type { Death, Step } from './life.ts'
import { drillIn, startIn, withState, world } from './dying.ts'

/**
 * Real starts are never closer together, ms. @source measured: the command line takes 200 ms to its
 * first request
 */
const betweenStarts = 300
/** Long enough for controllers, kubelets and a start of the VM to catch up. */
const settling = 240_000

/**
 * Dead-man's switches that still wait, in the VM and on the host. Each would act long after the
 * undo.
 */
async function waiting(lab: Lab, switches: ReadonlySet<string>): Promise<readonly string[]> {
  const remote = vm(
    { runtime: lab.runtime, deadline: 60_000, signal: new AbortController().signal },
    policy.host?.profile ?? 'default',
  )
  const found: string[] = []
  // `systemctl stop` fails for a missing timer, which shows that it is gone.
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

/** Config files that follow a node to its new ports. */
export const configs: readonly string[] = ['~/.kube/config', '~/.talos/config']

/**
 * Docker's random ports, and what follows from them, differ after each start of a container.
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
  /** The messages of the drill, then of each start. */
  steps: readonly (readonly Step[])[]
  phases: readonly Phase[]
  /** Names of facts that differ from before. */
  different: readonly string[]
  /**
   * The differences that remain after holdfast has healed what a restart leaves, because no undo
   * reverts that.
   */
  unhealed: readonly string[]
  /** Journals that are not closed, on disk and in the cluster. */
  open: readonly string[]
  /** Dead-man's switches that nobody cancelled. */
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
  /** Whether to heal what a start of the node leaves, and compare once more. Default: true. */
  healed?: boolean
  /** How each further start dies. The last one completes. */
  starts?: readonly (Death | undefined)[]
}

/** Boots a world, runs the drill and the starts in it, waits, and compares. */
export const play = (plan: Plan): Promise<End> => withState(() => playIn(newLab(), plan))

async function playIn(
  lab: Lab,
  { drill, death, stopped = false, healed = true, starts = [undefined] }: Plan,
): Promise<End> {
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
  const unhealed = different.length > 0 && healed ? await healIn(lab, before) : []
  // The next start deletes what could not be deleted while the API was down.
  await startIn(lab, undefined)
  const open = openJournals(lab)
  const switches = await waiting(lab, taken.switches)
  // A dead process may wait forever for an answer, and its world would keep running beside all
  // later tests.
  lab.context.clock.end()
  return {
    steps,
    phases: taken.phases,
    different,
    unhealed,
    open,
    switches,
    remains,
    drill: taken.result,
    undoAfter: taken.undoAfter,
  }
}

/** Heals, waits, and returns what is still different or violated. */
async function healIn(lab: Lab, before: Record<string, unknown>): Promise<readonly string[]> {
  const runtime = guarded(lab.runtime, forDrills)
  const context = {
    runtime,
    policy,
    invariants,
    evaluate: () => evaluate(invariants, runtime, policy),
    add: () => {},
  }
  const { after } = await heal(context, { apply: true })
  await lab.context.clock.sleep(settling)
  const different = differences(before, comparable(await factsOf(lab)))
  // Config files may differ if they lead to the API and to Talos, which the invariants judge.
  return [
    ...different.filter(name => !configs.includes(name)),
    ...after.judgements.filter(fails).map(nameOf),
  ]
}

/** Journals that are not closed, on disk and in the cluster. */
function openJournals(lab: Lab): readonly string[] {
  const inCluster = lab.context.store
    .list('ConfigMap')
    .map(({ metadata }) => metadata)
    .filter(({ namespace, name }) => namespace === 'holdfast' && name.startsWith('journal-'))
    .map(({ name }) => name)
  const onDisk = journalsOf(world).map(({ path }) => path.slice(journalFolder(world).length))
  return [...onDisk, ...inCluster]
}
