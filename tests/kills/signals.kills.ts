// Sends Ctrl-C and SIGTERM in each phase of a drill on a real node. The drill undoes at once, exits
// with the code of the signal and writes a report, and the node is as before.
import { describe, expect, test } from 'vitest'
import { differsFrom, facts, openInCluster } from './facts.ts'
import { drilling, latest, openAfterTidying } from './processes.ts'

const before = await facts()

/** @source the promise of the command line: undoing begins within 2 s of a signal */
const soon = 2_000

const scenario = 'node-comes-back-cordoned'
const stoppedBefore = 'stopped before anything was injected'

/**
 * A moment of each phase, and the expected result: whether there is something to undo, and the
 * outcome in the report.
 */
const phases = [
  { phase: 'beginning', text: 'drilling', after: 700, undoes: false, ends: { kind: 'aborted' } },
  {
    phase: 'prepare',
    text: '· prepare · allowed by',
    after: 0,
    undoes: undefined,
    ends: { kind: 'aborted' },
  },
  { phase: 'inject', text: '· inject · cordon', after: 0, undoes: true, ends: { kind: 'aborted' } },
  { phase: 'watch', text: '· watch · lost', after: 0, undoes: true, ends: { kind: 'aborted' } },
  { phase: 'heal', text: '· heal · uncordon:', after: 0, undoes: true, ends: { kind: 'aborted' } },
  // The cluster has recovered by then, and the present step completes.
  { phase: 'undo', text: '· undo ·', after: 0, undoes: true, ends: { kind: 'healed-by-fixes' } },
] as const

describe.for([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s', ([signal, code]) => {
  test.for(phases)('in phase $phase', async ({ text, after, undoes, ends }) => {
    const running = await drilling(scenario, { text, after })
    const sent = Date.now()
    running.child.kill(signal)
    await running.saying('· undo · undone').catch(() => {})
    const undoneAfter = Date.now() - sent
    const end = await running.ended
    const undone = end.said.includes('· undo · undone: cordon')
    expect({
      code: end.code,
      undone: undoes === undefined ? undefined : undone,
      soon: !undone || undoneAfter < soon,
    }).toEqual({ code, undone: undoes, soon: true })
    expect(latest()).toMatchObject({
      verb: 'drill',
      exitCode: code,
      drills: [{ drill: scenario, outcome: ends, leftBehind: [] }],
    })
    expect(end.said.includes(stoppedBefore) && undone).toBe(false)
    expect([await differsFrom(before), await openAfterTidying(openInCluster)]).toEqual([[], []])
  })
})
