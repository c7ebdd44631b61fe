// The rules of the gate itself. They apply to every file and object, whatever the policy.
import type { GateRule } from '#src/model/index.ts'

export const ownRules = [
  {
    name: 'files-can-be-read',
    title: 'every file can be read in only one way',
    reason:
      'where two parsers disagree, the cluster gets something else than the reviewer approved',
  },
  {
    name: 'objects-fit-their-schema',
    title: 'every object has the members, types and versions of its kind',
    reason: 'the API refuses what does not fit or silently drops it, and the deploy stops half-way',
  },
  {
    name: 'objects-are-unique',
    title: 'every object is declared once',
    reason: 'the last one applied wins, and which one that is depends on the order of files',
  },
  {
    name: 'waivers-are-valid',
    title: 'every waiver has an owner, a reason and a last day that has not passed',
    reason: 'a gap without an owner is never closed',
  },
] as const satisfies readonly Omit<GateRule, 'clauses'>[]

export type OwnRule = (typeof ownRules)[number]['name']

/** One of the gate's own rules by its name. */
export const ruleOf = (name: OwnRule): (typeof ownRules)[number] =>
  ownRules.find(rule => rule.name === name) ?? ownRules[0]
