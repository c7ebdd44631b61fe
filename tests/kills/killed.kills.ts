// kill -9 at twenty points of each scenario, on a real node, then a new start of whatever: the node is as before, and the journal is closed.
import { describe, expect, test } from 'vitest'
import { differsFrom, facts, openInCluster } from './facts.ts'
import { inWords, pointsOf, quarter, scenarios, type Point } from './points.ts'
import { holdfast, kill, openHere, run, until, type Machine } from './processes.ts'

const before = await facts()

/** What comes next: by hand, by another machine, or whatever else somebody or a timer starts. A fault that takes the API away hides its copy with it. */
const starts: readonly { args: readonly string[]; machine?: Machine }[] = [
  { args: ['undo'] }, { args: ['heal'] }, { args: ['check', '--only', 'nodes-are-schedulable'] }, { args: ['undo'], machine: 'other' }, { args: ['heal'] },
]

/** Lets a drill die at a point. */
async function dieAt(scenario: string, point: Point): Promise<void> {
  const running = holdfast(['drill', scenario])
  await until(running, point)
  if (point.undoing !== undefined) {
    running.child.kill('SIGTERM')
    await until(running, { text: 'SIGTERM: stopping', after: point.undoing })
  }
  await kill(running)
}

describe.for(scenarios)('kill -9, then a new start: $name', scenario => {
  test.for([0, 1, 2, 3])('quarter %i of its points', async number => {
    let injected = 0
    for (const [index, point] of quarter(pointsOf(scenario), number).entries()) {
      const where = `${scenario.name}, ${inWords(point)}`
      await dieAt(scenario.name, point)
      const left = openHere().some(name => name.endsWith('.jsonl'))
      if (left) injected += 1
      // It says what is there, and touches nothing.
      const status = await run(['status'])
      expect([where, left ? status.code : 3]).toEqual([where, 3])
      const { args, machine } = starts[index % starts.length] ?? { args: ['undo'] }
      const next = await run(args, scenario.name === 'node-container-paused' ? 'one' : machine)
      expect([where, args, next.said.includes('NOT undone'), next.code === 3, next.code === 70]).toEqual([where, args, false, false, false])
      expect([where, args, await differsFrom(before)]).toEqual([where, args, []])
      // What could not be tidied while the API was away, or by another machine, is tidied by the next start.
      const tidied = openHere().length + (await openInCluster()).length === 0 ? 0 : (await run(['undo'])).code
      expect([where, tidied, openHere(), await openInCluster()]).toEqual([where, 0, [], []])
    }
    // Most points lie behind the first record: else they would prove nothing.
    expect(injected).toBeGreaterThanOrEqual(3)
  })
})
