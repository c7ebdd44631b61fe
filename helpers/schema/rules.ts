// The rules of every definition that has some.
import { metadata } from './names.ts'
import type { Members, Problem, Rules } from './rule.ts'
import { kindRules } from './rules-kinds.ts'
import { memberRules } from './rules-members.ts'
import { podRules } from './rules-pod.ts'

const none: Rules = {}

function ofMembers(definition: string): (object: Members) => readonly Problem[] {
  const checks = Object.entries(memberRules[definition] ?? {})
  return object => checks.flatMap(([member, check]) => check(object, member))
}

const whole: ReadonlyMap<string, Rules> = new Map([
  ...Object.entries(podRules).map(([name, rules]) => [`io.k8s.api.core.v1.${name}`, rules] as const),
  ...Object.entries(kindRules),
  ['io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta', { judge: metadata }],
])

function together(definition: string): Rules {
  const { optional, judge } = whole.get(definition) ?? none
  const members = ofMembers(definition)
  return { ...(optional === undefined ? {} : { optional }), judge: object => [...(judge?.(object) ?? []), ...members(object)] }
}

const byDefinition: ReadonlyMap<string, Rules> = new Map([...whole.keys(), ...Object.keys(memberRules)].map(definition => [definition, together(definition)]))

/** Rules of a definition by its name. */
export const rulesOf = (definition: string): Rules => byDefinition.get(definition) ?? none
