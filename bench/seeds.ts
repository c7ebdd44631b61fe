// Every drill on many seeds: the outcomes must not depend on chance, only the times may.
// node bench/seeds.ts [seeds]
import { argv, stdout } from 'node:process'
import { loadPolicy } from '#src/runs/clusters.ts'
import { seedFor } from '#src/runs/seed.ts'
import { settingsFrom } from '#src/runs/settings.ts'
import { openTarget } from '#src/runs/target.ts'
import { faults } from '#helpers/faults.ts'
import { signals } from '#helpers/kubernetes/signals.ts'
import { runDrill } from '#src/engine/drill/drill.ts'
import { memoryJournal } from '#src/engine/journal/journal.ts'
import type { DrillResult } from '#src/model/index.ts'
import { drills } from '#specs/chaos/index.ts'

const seeds = Number(argv[2] ?? 100)
const settings = settingsFrom({})
const policy = await loadPolicy(settings.cluster)

/** Seconds from the injection to the recovery. */
function recoveryOf({ milestones }: DrillResult): number {
  const at = (name: string): number =>
    milestones.find(({ milestone }) => milestone === name)?.by ?? Number.NaN
  return (at('recovered') - at('injected')) / 1000
}

/** The outcome, and what it missed. */
function endOf({ outcome, misses }: DrillResult): string {
  const kinds = misses.map(({ kind }) => kind)
  return kinds.length > 0 ? `${outcome.kind} (${kinds.join('; ')})` : outcome.kind
}

for (const drill of drills) {
  const results: DrillResult[] = []
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { runtime } = await openTarget(settings, policy, {
      seed: seedFor(seed, drill.name),
      drills: true,
    })
    results.push(
      await runDrill(drill, { runtime, policy, faults, signals, journal: memoryJournal() }),
    )
  }
  const times = results.map(recoveryOf).toSorted((a, b) => a - b)
  const outcomes = Map.groupBy(results, endOf)
  const range = [times[0], times[Math.floor(times.length / 2)], times.at(-1)]
  const seconds = range.map(time => time?.toFixed(1)).join(' · ')
  stdout.write(`${drill.name}: recovered in ${seconds} s (min · median · max)\n`)
  for (const [outcome, same] of outcomes) stdout.write(`    ${same.length} × ${outcome}\n`)
}
