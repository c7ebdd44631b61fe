// Permissions as the rules of a role, merged into as few as possible.
import type { Permission } from '#src/model/index.ts'

interface Rule {
  apiGroups: string[]
  resources: string[]
  resourceNames?: string[]
  verbs: string[]
}

/** Merges rules that agree in `by`: the result has every value of `member`. */
function merged(
  rules: readonly Rule[],
  by: (rule: Rule) => unknown,
  member: 'verbs' | 'resources' | 'resourceNames',
): readonly Rule[] {
  const groups = new Map<string, Rule>()
  for (const rule of rules) {
    const key = JSON.stringify(by(rule))
    const found = groups.get(key)
    const all = [...(found?.[member] ?? []), ...(rule[member] ?? [])]
    groups.set(key, all.length === 0 ? rule : { ...rule, [member]: [...new Set(all)].toSorted() })
  }
  return [...groups.values()]
}

/** Permissions of one namespace as rules. Those that differ in one member become one rule. */
export function rulesOf(permissions: readonly Permission[]): readonly Rule[] {
  const single = permissions.map(({ verb, group, resource, name }): Rule => ({
    apiGroups: [group],
    resources: [resource],
    ...(name === undefined ? {} : { resourceNames: [name] }),
    verbs: [verb],
  }))
  const byVerbs = merged(
    single,
    ({ apiGroups, resources: kinds, resourceNames }) => [apiGroups, kinds, resourceNames],
    'verbs',
  )
  const byNames = merged(
    byVerbs,
    ({ apiGroups, resources: kinds, verbs, resourceNames }) => [
      apiGroups,
      kinds,
      verbs,
      resourceNames === undefined,
    ],
    'resourceNames',
  )
  return merged(
    byNames,
    ({ apiGroups, resourceNames, verbs }) => [apiGroups, resourceNames, verbs],
    'resources',
  )
}
