// The steady state of a drill is about the running cluster. A mistake in a manifest refuses no
// drill.
import { describe, expect, test } from 'vitest'
import { askGuards } from '#src/engine/guards/ask.ts'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import type { Policy } from '#src/model/index.ts'
import { drills } from '#specs/chaos/index.ts'
import { bySection, steadyState } from '#specs/invariants/index.ts'
import { containersHaveProbes } from '#specs/invariants/probes.spec.ts'
import { drillOf, newLab, policy, runtimeOf, runIn, usersOnly } from './stage.ts'

/** The same cluster without its waivers. */
const unwaived: Policy = { ...policy, waivers: [] }

test('a missing startup probe is violated, and refuses no drill', async () => {
  const lab = newLab()
  const runtime = runtimeOf(lab)
  const { judgements } = await evaluate([containersHaveProbes], runtime, unwaived)
  const codes = judgements.flatMap(({ verdict }) =>
    verdict.kind === 'violated' ? verdict.findings.map(({ code }) => code) : [],
  )
  expect(codes).toContain('probe-missing:startup')

  const result = await runIn(lab, drillOf('pds-nodeport-reset'), {
    ...usersOnly,
    policy: unwaived,
    guard: asked => askGuards(asked, runtime, unwaived),
  })
  expect(result.outcome.kind).toBe('healed-by-fixes')
})

describe('the steady state', () => {
  test('of every drill contains only invariants about the runtime', () => {
    const wrong = drills.flatMap(drill =>
      drill.steadyState
        .filter(({ about }) => about !== 'runtime')
        .map(({ name }) => `${drill.name}: ${name}`),
    )
    expect(wrong).toEqual([])
  })

  test('contains every section about the runtime, and none about manifests', () => {
    const sections = Map.groupBy(bySection, ({ section }) => section)
    const kept = [...sections].filter(([, all]) =>
      all.some(({ invariant }) => steadyState.includes(invariant)),
    )
    expect(kept.map(([section]) => section).toSorted()).toEqual([
      'endpoints',
      'exposure',
      'host',
      'network',
      'nodes',
      'storage',
      'workloads',
    ])
  })
})
