// Previews what an apply would do to each object, by a server-side dry run.
import {
  differences,
  discoveryPath,
  pathIn,
  withoutServerSide,
  type Difference,
} from '#src/gate/difference.ts'
import type { Kube } from '#src/kubernetes/client.ts'
import type { Manifest, ManifestSet } from '#src/model/index.ts'
import { isJsonObject } from '#src/model/json.ts'
import { oneLine } from '#src/reporting/text.ts'

/** What an apply would do to one object. `by`: who compared, the server or this program. */
export type Preview =
  | { kind: 'created' | 'unchanged' }
  | { kind: 'changed'; differences: readonly Difference[]; by: 'server' | 'members' }
  | { kind: 'refused'; reason: string }
  | { kind: 'unknown'; reason: string }

/**
 * Whether an error 500 refuses the object: the server detects some values that it cannot store only
 * after it has read the object. @source measured on a v1.35 node
 */
const isRefusal = (body: string): boolean =>
  /quantities must match|unable to parse|cannot unmarshal|failed to create typed|unmarshal/i.test(
    body,
  )

/** The server does not support server-side apply. @source HTTP: unsupported media type */
const noApply = 415

const jsonOf = (body: string): unknown => {
  try {
    return JSON.parse(body) as unknown
  } catch {
    return undefined
  }
}

const memberOf = (value: unknown, member: string): unknown =>
  isJsonObject(value) ? value[member] : undefined

function messageIn(body: string): string {
  const message = memberOf(jsonOf(body), 'message')
  return oneLine(typeof message === 'string' ? message : body.slice(0, 200))
}

/** Kinds that CustomResourceDefinitions of the set define: the API serves them after the apply. */
const definedIn = ({ manifests }: ManifestSet): ReadonlySet<string> =>
  new Set(
    manifests.flatMap(({ object }) => {
      if (object.kind !== 'CustomResourceDefinition') return []
      const kind = memberOf(memberOf(memberOf(object, 'spec'), 'names'), 'kind')
      return typeof kind === 'string' ? [kind] : []
    }),
  )

/** A reader of discovery documents that asks for each one once. */
function discovery(kube: Kube): (apiVersion: string) => Promise<unknown> {
  const known = new Map<string, Promise<unknown>>()
  return apiVersion => {
    const found =
      known.get(apiVersion) ??
      kube
        .raw(discoveryPath(apiVersion))
        .then(({ status, body }) => (status === 200 ? jsonOf(body) : undefined))
    known.set(apiVersion, found)
    return found
  }
}

const changed = (found: readonly Difference[], by: 'server' | 'members'): Preview =>
  found.length === 0 ? { kind: 'unchanged' } : { kind: 'changed', differences: found, by }

/** What the answer to a dry run means. `live`: the stored object; undefined where there is none. */
function previewFrom(
  { status, body }: { status: number; body: string },
  live: unknown,
  object: Manifest['object'],
): Preview {
  if (status < 300)
    return live === undefined
      ? { kind: 'created' }
      : changed(differences(live, withoutServerSide(jsonOf(body))), 'server')
  // The namespace of a new object may be part of the set.
  if (status === 404 && live === undefined) return { kind: 'created' }
  if (status !== noApply) {
    const kind = status < 500 || isRefusal(body) ? 'refused' : 'unknown'
    return { kind, reason: messageIn(body) }
  }
  if (live === undefined) return { kind: 'created' }
  // Without a dry run, the manifest is compared with the stored object.
  return changed(differences(live, withoutServerSide(object), { partly: true }), 'members')
}

/** Previews the objects of a set. The returned function rejects where the API cannot be reached. */
export function previewer(
  kube: Kube,
  set: ManifestSet,
  fallback: string,
): (manifest: Manifest) => Promise<Preview> {
  const [discover, defined] = [discovery(kube), definedIn(set)]
  return async ({ object }) => {
    const { apiVersion, kind, metadata } = object
    const { namespace = fallback, name } = metadata
    const path = pathIn(await discover(apiVersion), { apiVersion, kind, namespace, name })
    if (path === undefined)
      return defined.has(kind)
        ? { kind: 'created' }
        : { kind: 'unknown', reason: `the API does not serve ${kind} of ${apiVersion} yet` }
    const before = await kube.raw(path)
    if (before.status !== 200 && before.status !== 404)
      return { kind: 'unknown', reason: messageIn(before.body) }
    const live = before.status === 404 ? undefined : withoutServerSide(jsonOf(before.body))
    return previewFrom(await kube.preview(path, object), live, object)
  }
}
