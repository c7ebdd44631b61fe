// Which object a finding is about: places and manifests found by one another, and names that outlive a move.
import { hash } from 'node:crypto'
import type { Manifest, Path, Place } from '../words/index.ts'
import { isMembers, namespaceOf } from './defaults.ts'

type Identity = Pick<Place, 'apiVersion' | 'kind' | 'namespace' | 'name'>

const key = ({ kind, namespace, name }: Identity): string => `${kind} ${namespace ?? ''}/${name}`
const groupOf = (apiVersion: string): string => apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')))

/** `Deployment joelclaw/web`, `ClusterRole reader`: an object for people. */
export const objectInWords = ({ kind, namespace, name }: Identity): string => `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`

/** The place of a manifest's object, in the namespace in which it would be made. */
export function placeOf({ object }: Manifest, fallback: string, path: Path = []): Place {
  const namespace = namespaceOf(object, fallback)
  return { apiVersion: object.apiVersion, kind: object.kind, ...(namespace === undefined ? {} : { namespace }), name: object.metadata.name, path }
}

type Finder = (place: Place) => Manifest | undefined

const finders = new WeakMap<readonly Manifest[], ReadonlyMap<string, Finder>>()

/** Finds the manifest of an object, with or without its namespace written out; of several the last, which is the one that stays. Made once for a list. */
export function manifestsByPlace(manifests: readonly Manifest[], fallback: string): Finder {
  const made = finders.get(manifests)
  const finder = made?.get(fallback) ?? finderOf(manifests, fallback)
  finders.set(manifests, new Map([...made ?? [], [fallback, finder]]))
  return finder
}

function finderOf(manifests: readonly Manifest[], fallback: string): Finder {
  const known = new Map<string, Manifest[]>()
  const add = (place: Identity, manifest: Manifest): void => {
    const name = key(place)
    const list = known.get(name)
    if (list === undefined) known.set(name, [manifest])
    else if (!list.includes(manifest)) list.push(manifest)
  }
  for (const manifest of manifests) {
    const place = placeOf(manifest, fallback)
    add(place, manifest)
    if (place.namespace === fallback) add({ kind: place.kind, name: place.name }, manifest)
  }
  return place => {
    const found = known.get(key(place)) ?? []
    const { apiVersion } = place
    return apiVersion === undefined ? found.at(-1) : found.findLast(({ object }) => groupOf(object.apiVersion) === groupOf(apiVersion))
  }
}

/** What an element of a list is known by. @source Kubernetes API conventions: list map keys */
const names = ['name', 'key', 'mountPath', 'containerPort', 'port', 'ip'] as const

/** A path in which elements of lists go by their names, so that a new neighbour does not change it. */
export function stablePath(object: unknown, path: Path): string {
  let at: unknown = object
  return path.map(step => {
    const next: unknown = Array.isArray(at) && typeof step === 'number' ? at[step] : isMembers(at) ? at[String(step)] : undefined
    const inList = Array.isArray(at)
    at = next
    if (!inList || !isMembers(next)) return String(step)
    const name = names.find(candidate => next[candidate] !== undefined)
    return name === undefined ? String(step) : `[${name}=${String(next[name])}]`
  }).join('/')
}

/** 24 hex digits of a digest: short enough for a report, long enough never to meet by chance. */
export const digest = (...parts: readonly string[]): string => hash('sha256', JSON.stringify(parts)).slice(0, 24)
