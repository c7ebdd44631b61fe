// Rules of the gate itself, beside the policy's invariants: what every file and every object must
// keep.
import type { GateRule } from '#src/model/index.ts'

export const ownRules = [
  {
    name: 'files-can-be-read',
    title: 'every file can be read, and means one thing',
    reason:
      'what two readers understand differently is applied differently from how it was reviewed',
  },
  {
    name: 'objects-fit-their-schema',
    title: 'every object has the members, types and versions of its kind',
    reason:
      'the API refuses what does not fit, or drops it silently, and the deploy stops half-way',
  },
  {
    name: 'objects-are-unique',
    title: 'no object is written twice',
    reason:
      'the last one that is applied wins, and which one that is depends on the order of files',
  },
  {
    name: 'waivers-are-valid',
    title: 'every waiver has an owner, a reason and a last day that has not passed',
    reason: 'a gap that nobody answers for is never closed',
  },
] as const satisfies readonly Omit<GateRule, 'clauses'>[]

export type OwnRule = (typeof ownRules)[number]['name']

/** One of the gate's own rules by its name. */
export const ruleOf = (name: OwnRule): (typeof ownRules)[number] =>
  ownRules.find(rule => rule.name === name) ?? ownRules[0]
