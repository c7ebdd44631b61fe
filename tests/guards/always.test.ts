// If an invariant that must always hold is violated, the drill ends at once: it undoes everything
// and is aborted, whatever happens next.
import { spoken } from '#tests/model/spoken.ts'
import { expect, test } from 'vitest'
import { cordon } from '#helpers/kubernetes/faults/nodes.ts'
import { claimsAreBound } from '#specs/invariants/storage.spec.ts'
import type { Drill, Node } from '#src/model/index.ts'
import type { Lab } from '#lab/lab.ts'
import { drillOf, exitOf, newLab, nodeName, runIn } from '#tests/drills/stage.ts'

/** Deletes it as a person with kubectl does: it disappears when no pod uses it any more. */
const deleteClaim = (lab: Lab): unknown =>
  lab.api.handle({
    method: 'DELETE',
    path: '/api/v1/namespaces/joelclaw/persistentvolumeclaims/data-redis-0',
    query: new URLSearchParams(),
    headers: {},
  })

/** A drill that would take its whole recovery time, because nobody uncordons the node. */
const guardedDrill: Drill = {
  ...drillOf('node-comes-back-cordoned'),
  name: 'claims-must-stay',
  healer: 'cluster',
  always: [claimsAreBound],
  steadyState: drillOf('node-comes-back-cordoned').steadyState.filter(
    invariant => invariant !== claimsAreBound,
  ),
  faults: () => [cordon({ node: nodeName })],
}

test('a claim that is deleted in a drill aborts it within one evaluation', async () => {
  const lab = newLab()
  const result = await runIn(lab, guardedDrill, {
    heard: logEntry => {
      // Another person deletes a claim while the drill watches.
      if (logEntry.phase === 'inject') lab.context.clock.after(20_000, () => deleteClaim(lab))
    },
  })
  const why =
    'must always hold, but does not: critical-claims-are-bound · joelclaw/data-redis-0: ' +
    'it is being deleted'
  expect(spoken(result)).toMatchObject({
    outcome: { kind: 'aborted', why },
    misses: [`aborted: ${why}`],
    leftBehind: [],
  })
  const [injected, undone] = [
    result.timeline.find(({ phase }) => phase === 'inject'),
    result.timeline.find(({ phase }) => phase === 'undo'),
  ]
  // Evaluations are at most 8 s apart, and the claim was deleted after 20 s.
  expect((undone?.at ?? 0) - (injected?.at ?? 0)).toBeLessThan(30_000)
  expect(
    lab.context.store.get<Node>('Node', undefined, nodeName)?.spec?.unschedulable ?? false,
  ).toBe(false)
  expect(exitOf(result)).toBe(1)
})

test('one that was violated before fails the steady state: nothing is injected', async () => {
  const lab = newLab()
  deleteClaim(lab)
  const result = await runIn(lab, guardedDrill)
  expect(spoken(result).outcome).toEqual({
    kind: 'refused',
    why:
      'the steady state does not hold: ' +
      'critical-claims-are-bound · joelclaw/data-redis-0 (violated) ' +
      '(to allow it: --allow steady-state)',
  })
  expect(result.timeline.filter(({ phase }) => phase === 'inject')).toEqual([])
})

test('one that holds does not end the drill', async () => {
  const result = await runIn(newLab(), {
    ...drillOf('node-comes-back-cordoned'),
    always: [claimsAreBound],
  })
  expect([result.outcome, result.misses]).toEqual([
    { kind: 'healed-by-fixes', fixes: ['uncordon'] },
    [],
  ])
})
