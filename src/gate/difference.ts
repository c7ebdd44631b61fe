// Compares two states of an object, member by member: what an apply would change.
import type { Path } from '#src/model/index.ts'
import { isJsonObject, withoutUndefined } from '#src/model/json.ts'

/** One member that would change. Without `from` it would be added, without `to` removed. */
export interface Difference {
  path: Path
  from?: unknown
  to?: unknown
}

/** Members of metadata that only the server writes. @source Kubernetes API conventions, metadata */
const serverFields = [
  'managedFields',
  'resourceVersion',
  'uid',
  'creationTimestamp',
  'generation',
  'selfLink',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const

/** An object without its status and the members that only the server writes. */
export function withoutServerSide(object: unknown): unknown {
  if (!isJsonObject(object)) return object
  const { status: _, ...rest } = object
  const { metadata } = rest
  if (!isJsonObject(metadata)) return rest
  return {
    ...rest,
    metadata: Object.fromEntries(
      Object.entries(metadata).filter(
        ([key]) => !(serverFields as readonly string[]).includes(key),
      ),
    ),
  }
}

const keys = (value: unknown): readonly string[] => (isJsonObject(value) ? Object.keys(value) : [])

/**
 * The members that differ between two states of an object. Elements of a list are compared by
 * index. `partly`: members that the second state lacks do not change, as with an apply.
 */
export function differences(
  before: unknown,
  after: unknown,
  { partly = false, path = [] }: { partly?: boolean; path?: Path } = {},
): readonly Difference[] {
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length)
    return Array.from({ length }, (_, index) => index).flatMap(index =>
      differences(before[index], after[index], {
        partly: partly && index < after.length,
        path: [...path, index],
      }),
    )
  }
  if (isJsonObject(before) && isJsonObject(after)) {
    const names = [...new Set([...keys(before), ...keys(after)])].toSorted()
    return names
      .filter(name => !partly || Object.hasOwn(after, name))
      .flatMap(name => differences(before[name], after[name], { partly, path: [...path, name] }))
  }
  if (before === after) return []
  return [withoutUndefined({ path, from: before, to: after })]
}

/** The API path of an object, from the discovery document; undefined for an unknown kind. */
export function pathIn(
  discovery: unknown,
  object: { apiVersion: string; kind: string; namespace: string; name: string },
): string | undefined {
  const { apiVersion, kind, namespace, name } = object
  const resources: readonly unknown[] =
    isJsonObject(discovery) && Array.isArray(discovery['resources']) ? discovery['resources'] : []
  const found = resources.find(
    entry =>
      isJsonObject(entry) &&
      entry['kind'] === kind &&
      typeof entry['name'] === 'string' &&
      !entry['name'].includes('/'),
  )
  if (!isJsonObject(found)) return undefined
  const at = found['namespaced'] === true ? `/namespaces/${encodeURIComponent(namespace)}` : ''
  return `${discoveryPath(apiVersion)}${at}/${String(found['name'])}/${encodeURIComponent(name)}`
}

/** The path of the discovery document of a group and version. */
export const discoveryPath = (apiVersion: string): string =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
