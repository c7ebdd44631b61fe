// The keys of a list: two of its elements must not have the same.
import { isJsonObject } from '#src/model/json.ts'
import { orInWords, pathInWords, valueInWords } from './diagnostics.ts'
import type { Shape } from './packed/shape.ts'
import { pathBelow, type Walk } from './walk-state.ts'

/** The values that identify an element of a list. Empty if it has none. */
function keyValues(element: unknown, { keys, defaults = {} }: Shape & { is: 'list' }): unknown[] {
  if (keys === undefined) return [element]
  return isJsonObject(element) ? keys.map(key => element[key] ?? defaults[key]) : []
}

/**
 * Lists in which the API server takes the same key twice, mostly with a warning; a server-side
 * apply refuses them. @source tried on a v1.35 API server: each list with one item twice
 */
const taken: ReadonlySet<string> = new Set([
  'addresses',
  'apiGroups',
  'env',
  'hostAliases',
  'imagePullSecrets',
  'namespaces',
  'nonResourceURLs',
  'ports',
  'resources',
  'secrets',
  'variables',
  'verbs',
])

/** Whether the current list is one of those. */
const isTaken = ({ path }: Walk): boolean => {
  const member = path.findLast(part => typeof part === 'string')
  const within = path.at(-2)
  return (
    typeof member === 'string' && taken.has(member) && (member !== 'ports' || within !== 'spec')
  )
}

const keyId = (values: readonly unknown[]): string =>
  values.length === 1 && typeof values[0] === 'string' ? values[0] : JSON.stringify(values)

function addDuplicate(
  element: unknown,
  { index, earlier, values }: { index: number; earlier: number; values: readonly unknown[] },
  { keys }: Shape & { is: 'list' },
  walk: Walk,
): void {
  const named =
    keys === undefined
      ? valueInWords(element)
      : keys.map((key, at) => `${key} ${JSON.stringify(values[at])}`).join(' and ')
  const [only] = keys ?? []
  const hasKey = keys?.length === 1 && isJsonObject(element) && element[only ?? ''] !== undefined
  const [here, there] = [index, earlier].map(at => pathInWords(pathBelow(walk, at)))
  walk.diagnostics.push({
    code: 'schema:duplicate',
    ...(isTaken(walk) ? { warns: true as const } : {}),
    path: pathBelow(walk, index, ...(hasKey && only !== undefined ? [only] : [])),
    seen: `${here} has the same ${walk.secret ? 'key' : named} as ${there}`,
    expected:
      keys === undefined
        ? 'each value once'
        : `${orInWords(keys).replace(' or ', ' and ')} that no other item of the list has`,
    remedy: 'remove one of the two, or make them different',
  })
}

/** Reports elements with the same keys as an earlier one. */
export function judgeKeys(
  elements: readonly unknown[],
  shape: Shape & { is: 'list' },
  walk: Walk,
): void {
  if ((shape.keys === undefined && shape.set === undefined) || elements.length < 2) return
  const first = new Map<string, number>()
  for (const [index, element] of elements.entries()) {
    const values = keyValues(element, shape)
    if (values.length === 0 || values.some(value => value === undefined || value === null)) continue
    const id = keyId(values)
    const earlier = first.get(id)
    if (earlier === undefined) first.set(id, index)
    else addDuplicate(element, { index, earlier, values }, shape, walk)
  }
}
