// Creates a fresh lab for each test and runs drills in it, behind the same guard as every run.
import { exitCodeOf } from '#src/runs/outcome.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { manifestsOf } from '#src/runs/manifests.ts'
import { forDrills } from '#src/runs/target.ts'
import { guarded } from '#helpers/forbidden/forbidden.ts'
import { faults } from '#helpers/faults.ts'
import { askGuards } from '#src/engine/guards/ask.ts'
import { signals } from '#helpers/kubernetes/signals.ts'
import { runDrill } from '#src/engine/drill/drill.ts'
import { memoryJournal } from '#src/engine/journal/journal.ts'
import type { DrillContext } from '#src/engine/drill/preflight.ts'
import type { Drill, DrillResult, Runtime } from '#src/model/index.ts'
import { createLab, findWorld, type Lab, type WorldSeed } from '#lab/lab.ts'
import { drills } from '#specs/chaos/index.ts'

export const policy = await loadPolicy('joelclaw')

const found = await findWorld('joelclaw')
if (found === undefined) throw new Error('the lab has no world for joelclaw')
export const world: WorldSeed = found
const manifests = manifestsOf('joelclaw')

/** A booted, healthy world. `change` replaces parts of its seed. */
export const newLab = (seed = 1, change: Partial<WorldSeed> = {}): Lab =>
  createLab({ ...world, ...change }, { seed, manifests })

/** The runtime that a drill gets in a lab. */
export const runtimeOf = (lab: Lab): Runtime => guarded(lab.runtime, forDrills)

export function drillOf(name: string): Drill {
  const drill = drills.find(candidate => candidate.name === name)
  if (drill === undefined)
    throw new Error(
      `there is no drill ${name}: drills are ${drills.map(candidate => candidate.name).join(', ')}`,
    )
  return drill
}

/** Runs a drill in a lab as `holdfast drill` does. */
export const runIn = (
  lab: Lab,
  drill: Drill,
  change: Partial<DrillContext> = {},
): Promise<DrillResult> =>
  runDrill(drill, {
    runtime: runtimeOf(lab),
    policy,
    faults,
    signals,
    journal: memoryJournal(),
    guard: asked => askGuards(asked, change.runtime ?? runtimeOf(lab), policy),
    ...change,
  })

/**
 * Only the signal that users notice, without those that explain it. It is enough for tests of the
 * outcome, and halves the work.
 */
export const usersOnly: Pick<DrillContext, 'signals'> = {
  signals: signals.filter(({ milestone }) => milestone === 'service answering'),
}

/** The exit code of a run with this drill alone. */
export const exitOf = (result: DrillResult): number => exitCodeOf([], [result])

/** The name of the node, and of its container. */
export const nodeName = 'joelclaw-controlplane-1'

/** Runs a command on the lab's host. Throws unless it exits with 0. */
export async function command(lab: Lab, ...argv: readonly string[]): Promise<string> {
  const exit = await lab.runtime.shell.run(argv, { deadline: 600_000 })
  if (exit.kind !== 'exited' || exit.code !== 0)
    throw new Error(`${argv.join(' ')}: ${JSON.stringify(exit)}`)
  return exit.stdout
}

/** The drills that apply to joelclaw's policy. The others need a node with a shell. */
export const onJoelclaw = drills.filter(drill => drill.faults(policy).length > 0)
