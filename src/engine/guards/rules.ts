// Permissions as rules of a role, as few as say the same.
import type { Permission } from '#src/model/index.ts'

interface Rule {
  apiGroups: string[]
  resources: string[]
  resourceNames?: string[]
  verbs: string[]
}

/** Rules that are alike by these members as one rule, with all that they have of `member`. */
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
    groups.set(key, {
      ...rule,
      ...(all.length === 0 ? {} : { [member]: [...new Set(all)].toSorted() }),
    })
  }
  return [...groups.values()]
}

/** Permissions of one place as rules: what differs in one member only becomes one rule. */
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
