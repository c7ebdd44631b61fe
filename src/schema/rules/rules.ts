// The rules of every definition that has any.
import type { JsonObject } from '#src/model/json.ts'
import { metadata } from './names.ts'
import { allOf, noProblems, type Problem, type Rules } from './rule.ts'
import { kindRules } from './rules-kinds.ts'
import { memberRules } from './rules-members.ts'
import { podRules } from './rules-pod.ts'
import { tableRules } from './rules-tables.ts'

const none: Rules = {}

const whole: ReadonlyMap<string, Rules> = new Map([
  ...Object.entries(podRules).map(
    ([name, rules]) => [`io.k8s.api.core.v1.${name}`, rules] as const,
  ),
  ...Object.entries(kindRules),
  ['io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta', { judge: metadata }],
])

function together(definition: string): Rules {
  const { optional, judge } = whole.get(definition) ?? none
  const checks = [memberRules, tableRules].flatMap(table => Object.entries(table[definition] ?? {}))
  const both = (object: JsonObject): readonly Problem[] => {
    let problems = judge?.(object) ?? noProblems
    for (const [member, check] of checks) problems = allOf(problems, check(object, member))
    return problems
  }
  return {
    ...(optional === undefined ? {} : { optional }),
    ...(judge !== undefined && checks.length === 0 ? { judge } : { judge: both }),
  }
}

const byDefinition: ReadonlyMap<string, Rules> = new Map(
  [...whole.keys(), ...Object.keys(memberRules), ...Object.keys(tableRules)].map(definition => [
    definition,
    together(definition),
  ]),
)

/** Rules of a definition by its name. */
export const rulesOf = (definition: string): Rules => byDefinition.get(definition) ?? none
