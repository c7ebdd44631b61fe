// The names that a clause may give as its proofs: for an editor, and for the check at the start.
import { describe, expect, expectTypeOf, test } from 'vitest'
import type { ClauseInput, KnownProof } from '#src/model/index.ts'
import { smallest } from '#tests/model/policy.ts'
import { parsePolicy } from '#helpers/policy.ts'
import { requireKnownProofs } from './coverage.ts'

const clause = {
  id: 'nodes.ready',
  statement: 'Every node is ready.',
  source: 'notes',
  kind: 'must',
} as const
const naming = (...provenBy: NonNullable<ClauseInput['provenBy']>) =>
  parsePolicy({ ...smallest, clauses: [{ ...clause, provenBy }] }, 'policy.ts')

describe('the proofs that an editor completes', () => {
  test('contain the names of definitions of every kind', () => {
    const known: KnownProof[] = [
      'nodes-are-ready',
      'drill:restart-colima',
      'fix:uncordon',
      'guard:delete-claim',
      'guard:exec-into-talos',
    ]
    expect(() => requireKnownProofs(naming(...known))).not.toThrow()
    expectTypeOf<'nodes-are-ready'>().toExtend<KnownProof>()
    // A union of literals: an editor cannot complete “string”.
    expectTypeOf<string>().not.toExtend<KnownProof>()
  })

  test('contain nothing else', () => {
    expectTypeOf<'nodes-are-red'>().not.toExtend<KnownProof>()
    // The name of a drill needs its prefix.
    expectTypeOf<'restart-colima'>().not.toExtend<KnownProof>()
    // It is a fix, not a drill.
    expectTypeOf<'drill:uncordon'>().not.toExtend<KnownProof>()
    expect(() =>
      requireKnownProofs(naming('nodes-are-red', 'restart-colima', 'drill:uncordon')),
    ).toThrow(
      [
        'small names proofs that do not exist:',
        '  nodes.ready.provenBy: “nodes-are-red”: there is no invariant “nodes-are-red”. ' +
          'Did you mean “nodes-are-ready”?',
        '  nodes.ready.provenBy: “restart-colima”: there is no invariant “restart-colima”.',
        '  nodes.ready.provenBy: “drill:uncordon”: there is no drill “uncordon”.',
      ].join('\n'),
    )
  })

  test('do not restrict a policy with definitions of its own', () => {
    const own: ClauseInput = { ...clause, provenBy: ['our-own-invariant', 'nodes-are-ready'] }
    expect(own.provenBy).toHaveLength(2)
  })
})
