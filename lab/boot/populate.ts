// Fills a new world with its objects.
import type { KubeObject } from '#src/model/kube.ts'
import type { ApiServer } from '#lab/kube/api-server.ts'
import type { WorldSeed } from './world-seed.ts'

/** Objects in the order in which they can be created. */
function inOrder(objects: readonly KubeObject[]): readonly KubeObject[] {
  const rank = ({ kind }: KubeObject): number =>
    ['Namespace', 'StorageClass', 'ConfigMap', 'Secret', 'PersistentVolume', 'Service'].indexOf(
      kind,
    )
  return objects.toSorted((a, b) => (rank(a) < 0 ? 99 : rank(a)) - (rank(b) < 0 ? 99 : rank(b)))
}

/** Namespaces that every cluster has. @source Kubernetes, initial namespaces */
const initial = ['default', 'kube-system', 'kube-public', 'kube-node-lease']

function pluralOf(kind: string): string {
  if (kind === 'NetworkPolicy') return 'networkpolicies'
  return kind.endsWith('s') ? `${kind.toLowerCase()}es` : `${kind.toLowerCase()}s`
}

/** API path under which an object of a manifest is created. */
function pathOf({ apiVersion, kind, metadata: { namespace } }: KubeObject): string {
  const plural = pluralOf(kind)
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  return namespace === undefined ? `${root}/${plural}` : `${root}/namespaces/${namespace}/${plural}`
}

function create(api: ApiServer, object: KubeObject): void {
  const answer = api.handle({
    method: 'POST',
    path: pathOf(object),
    query: new URLSearchParams(),
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(object),
  })
  if (answer.kind === 'whole' && answer.status >= 400 && answer.status !== 409) {
    const { namespace, name } = object.metadata
    const path = `${namespace ?? ''}/${name}`
    throw new Error(`The lab cannot create ${object.kind} ${path}: ${answer.body}`)
  }
}

/** Creates a world's namespaces, secrets and objects through the API. */
export function applyAll(api: ApiServer, world: WorldSeed, manifests: readonly KubeObject[]): void {
  for (const name of initial)
    create(api, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  const objects = inOrder(manifests)
  for (const object of objects.filter(({ kind }) => kind === 'Namespace')) create(api, object)
  for (const { namespace, name, type, data } of world.secrets) {
    const encoded = Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    )
    const secret: KubeObject & { type: string; data: Record<string, string> } = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace },
      type,
      data: encoded,
    }
    create(api, secret)
  }
  for (const object of objects.filter(({ kind }) => kind !== 'Namespace')) create(api, object)
}

/** Images that objects refer to, at any depth. */
export function imagesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'image' && typeof inner === 'string' ? [inner] : imagesIn(inner),
  )
}
