// Identifies the object of a finding: its manifest by place, and names that survive a move.
import { hash } from 'node:crypto'
import type { Manifest, Path, Place } from '#src/model/index.ts'
import { isJsonObject, withoutUndefined } from '#src/model/json.ts'
import { namespaceOf } from './namespaces.ts'

interface Identity {
  readonly kind: string
  readonly namespace?: string | undefined
  readonly name: string
}

const key = ({ kind, namespace, name }: Identity): string => `${kind} ${namespace ?? ''}/${name}`
const groupOf = (apiVersion: string): string =>
  apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')))

/** `Deployment joelclaw/web` or `ClusterRole reader`. */
export const objectInWords = ({ kind, namespace, name }: Identity): string =>
  `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`

/** The place of a manifest's object, with its namespace written out. */
export function placeOf({ object }: Manifest, fallback: string, path: Path = []): Place {
  const namespace = namespaceOf(object, fallback)
  const { apiVersion, kind, metadata } = object
  return withoutUndefined({ apiVersion, kind, namespace, name: metadata.name, path })
}

/** Manifests by name, with and without the namespace written out, each list in reading order. */
type Index = ReadonlyMap<string, readonly Manifest[]>

const indexes = new WeakMap<readonly Manifest[], Map<string, Index>>()

function buildIndex(manifests: readonly Manifest[], fallback: string): Index {
  const index = new Map<string, Manifest[]>()
  const add = (name: string, manifest: Manifest): void => {
    const list = index.get(name)
    if (list === undefined) index.set(name, [manifest])
    else list.push(manifest)
  }
  for (const manifest of manifests) {
    const { kind, metadata } = manifest.object
    const { name } = metadata
    const namespace = namespaceOf(manifest.object, fallback)
    add(key({ kind, name, namespace }), manifest)
    if (namespace === fallback) add(key({ kind, name }), manifest)
  }
  return index
}

/** The index of a list of manifests, which is built once. */
function indexOf(manifests: readonly Manifest[], fallback: string): Index {
  const known = indexes.get(manifests) ?? new Map<string, Index>()
  const index = known.get(fallback) ?? buildIndex(manifests, fallback)
  indexes.set(manifests, known.set(fallback, index))
  return index
}

/**
 * Finds the manifest of an object, with or without its namespace written out. Of several manifests
 * it finds the last, because an apply overwrites the others.
 */
export function manifestsByPlace(
  manifests: readonly Manifest[],
  fallback: string,
): (place: Place) => Manifest | undefined {
  const index = indexOf(manifests, fallback)
  return place => {
    const found = index.get(key(place)) ?? []
    const { apiVersion } = place
    return apiVersion === undefined
      ? found.at(-1)
      : found.findLast(({ object }) => groupOf(object.apiVersion) === groupOf(apiVersion))
  }
}

/**
 * The manifests that a later one of the same name overwrites when the set is applied. The reader
 * reports them as duplicates.
 */
export function overwrittenIn(
  manifests: readonly Manifest[],
  fallback: string,
): ReadonlySet<Manifest> {
  const lost = new Set<Manifest>()
  for (const list of indexOf(manifests, fallback).values()) {
    if (list.length === 1) continue
    for (const ofOne of Map.groupBy(list, ({ object }) => groupOf(object.apiVersion)).values())
      for (const manifest of ofOne.slice(0, -1)) lost.add(manifest)
  }
  return lost
}

/** Members that identify an element of a list. @source Kubernetes API conventions: list map keys */
const names = ['name', 'key', 'mountPath', 'containerPort', 'port', 'ip'] as const

function memberOf(value: unknown, step: string | number): unknown {
  if (Array.isArray(value) && typeof step === 'number') return value[step]
  return isJsonObject(value) ? value[String(step)] : undefined
}

/** A path that names the elements of a list, so that new neighbours do not change it. */
export function stablePath(object: unknown, path: Path): string {
  let at: unknown = object
  return path
    .map(step => {
      const next = memberOf(at, step)
      const inList = Array.isArray(at)
      at = next
      if (!inList || !isJsonObject(next)) return String(step)
      const name = names.find(candidate => next[candidate] !== undefined)
      return name === undefined ? String(step) : `[${name}=${String(next[name])}]`
    })
    .join('/')
}

/** The first 24 hex digits of a digest: short for a report, and too long for a collision. */
export const digest = (...parts: readonly string[]): string =>
  hash('sha256', JSON.stringify(parts)).slice(0, 24)
