// Sends kill -9 at twenty points of a drill on a real node, then starts holdfast again. Afterwards
// the node is as before and the journal is closed.
import { describe, expect, test } from 'vitest'
import { differsFrom, facts, openInCluster } from './facts.ts'
import { inWords, pointsOf, quarter, scenarios, type Point } from './points.ts'
import {
  drilling,
  kill,
  openAfterTidying,
  openHere,
  run,
  until,
  type Machine,
} from './processes.ts'

const before = await facts()

/**
 * What starts next: `holdfast undo` by a person, another machine, or any other command. A fault
 * that takes the API away also hides the journal's copy in the cluster.
 */
const starts: readonly { args: readonly string[]; machine?: Machine }[] = [
  { args: ['undo'] },
  { args: ['heal'] },
  { args: ['check', '--only', 'nodes-are-schedulable'] },
  { args: ['undo'], machine: 'other' },
  { args: ['heal'] },
]

/** Starts a drill and kills it at a point. */
async function dieAt(scenario: string, point: Point): Promise<void> {
  const running = await drilling(scenario, point)
  if (point.undoing !== undefined) {
    running.child.kill('SIGTERM')
    await until(running, { text: 'SIGTERM: stopping', after: point.undoing })
  }
  await kill(running)
}

describe.for(scenarios)('kill -9, then a new start: $name', scenario => {
  test.for(scenario.quarters)('quarter %i of its points', async number => {
    let injected = 0
    for (const [index, point] of quarter(pointsOf(scenario), number).entries()) {
      const where = `${scenario.name}, ${inWords(point)}`
      await dieAt(scenario.name, point)
      const left = openHere().some(name => name.endsWith('.jsonl'))
      if (left) injected += 1
      // This command only reports the open journal. The next start then undoes it.
      const status = left && index === 2 ? (await run(['status'])).code : 3
      expect([where, status]).toEqual([where, 3])
      // A start on another machine first waits until the dead process's lease expires. One of the
      // quarters uses this, because it is slow.
      const elsewhere = number % 2 === 0 && scenario.name !== 'node-container-paused'
      const { args, machine } = starts[(index + number) % starts.length] ?? { args: ['undo'] }
      const next = await run(args, elsewhere ? machine : 'one')
      expect([
        where,
        args,
        next.said.includes('NOT undone'),
        next.code === 3,
        next.code === 70,
      ]).toEqual([where, args, false, false, false])
      expect([where, args, await differsFrom(before)]).toEqual([where, args, []])
      // The next start tidies what could not be tidied while the API was down, or from another
      // machine.
      expect([where, await openAfterTidying(openInCluster)]).toEqual([where, []])
    }
    // Most points must come after the first record. Otherwise the test would prove nothing.
    expect(injected).toBeGreaterThanOrEqual(3)
  })
})
