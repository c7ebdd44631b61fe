// Discovery: the version of the server, and the groups and resources that it serves.
import type { Store } from '#lab/kernel/store.ts'
import type { Json, JsonObject } from '#lab/kube/patch/json.ts'
import { present } from '#lab/kube/patch/json.ts'
import type { Kind } from './kinds.ts'
import { apiVersionOf, builtinKinds, customKinds } from './kinds.ts'

/** All served kinds: the built-in ones and those of CustomResourceDefinitions. */
export const allKinds = (store: Store): Kind[] => [...builtinKinds, ...customKinds(store)]

function groupOf(group: string, versions: readonly string[]): JsonObject {
  const named: Json[] = versions.map(version => ({ groupVersion: `${group}/${version}`, version }))
  return { name: group, versions: named, preferredVersion: named[0]! }
}

/** The versions of each group, without the core group. */
function groups(store: Store): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const kind of allKinds(store)) {
    if (kind.group === '') continue
    const versions = found.get(kind.group) ?? []
    if (!versions.includes(kind.version)) versions.push(kind.version)
    found.set(kind.group, versions)
  }
  return found
}

/** Short names and categories of a kind, as far as it has some. */
export const aliasesOf = (kind: Kind): JsonObject =>
  present({
    shortNames: kind.short.length === 0 ? undefined : [...kind.short],
    categories: kind.categories.length === 0 ? undefined : [...kind.categories],
  })

interface Subresource {
  name: string
  /** Kind and verbs, and the group and version of a kind of another group. */
  resource: JsonObject
}

const podSubresources: readonly Subresource[] = [
  { name: 'binding', resource: { kind: 'Binding', verbs: ['create'] } },
  {
    name: 'eviction',
    resource: { group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] },
  },
  { name: 'exec', resource: { kind: 'PodExecOptions', verbs: ['create', 'get'] } },
  { name: 'log', resource: { kind: 'Pod', verbs: ['get'] } },
  { name: 'portforward', resource: { kind: 'PodPortForwardOptions', verbs: ['create', 'get'] } },
]

const changing = ['get', 'patch', 'update']
const scale: Subresource = {
  name: 'scale',
  resource: { group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: changing },
}

function subresourcesOf(kind: Kind): Subresource[] {
  const found: Subresource[] = kind.kind === 'Pod' ? [...podSubresources] : []
  if (kind.kind === 'Namespace')
    found.push({ name: 'finalize', resource: { kind: 'Namespace', verbs: ['update'] } })
  if (kind.scale) found.push(scale)
  if (kind.status) found.push({ name: 'status', resource: { kind: kind.kind, verbs: changing } })
  return found
}

/** The entries of a kind in a list of resources: its own, then those of its subresources. */
export function resourcesOf(kind: Kind): JsonObject[] {
  const own: JsonObject = {
    name: kind.plural,
    singularName: kind.kind.toLowerCase(),
    namespaced: kind.namespaced,
    kind: kind.kind,
    verbs: [...kind.verbs],
    ...aliasesOf(kind),
  }
  const below = subresourcesOf(kind).map(({ name, resource }) => ({
    name: `${kind.plural}/${name}`,
    singularName: '',
    namespaced: kind.namespaced,
    ...resource,
  }))
  return [own, ...below]
}

function versionInfo(version: string): JsonObject {
  const [major, minor] = version.slice(1).split('.')
  return {
    major: major ?? '',
    minor: minor ?? '',
    gitVersion: version,
    gitTreeState: 'clean',
    compiler: 'gc',
    platform: 'linux/amd64',
  }
}

const coreVersions = (): JsonObject => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '10.5.0.2:6443' }],
})

const allGroups = (store: Store): JsonObject => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: [...groups(store)].map(([group, versions]) => groupOf(group, versions)),
})

function oneGroup(store: Store, group: string): JsonObject | undefined {
  const versions = groups(store).get(group)
  return versions && { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group, versions) }
}

function resourceList(store: Store, apiVersion: string): JsonObject | undefined {
  const kinds = allKinds(store).filter(kind => apiVersionOf(kind) === apiVersion)
  if (kinds.length === 0) return undefined
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersion,
    resources: kinds.flatMap(resourcesOf),
  }
}

/** The object that a discovery path serves, or undefined for all other paths. */
export function discover(store: Store, path: string, version: string): JsonObject | undefined {
  if (path === '/version' || path === '/version/') return versionInfo(version)
  const [root, ...steps] = path.split('/').filter(step => step !== '')
  const [first, second] = steps
  if (root === 'api') {
    if (first === undefined) return coreVersions()
    return steps.length === 1 ? resourceList(store, first) : undefined
  }
  if (root !== 'apis') return undefined
  if (first === undefined) return allGroups(store)
  if (second === undefined) return oneGroup(store, first)
  return steps.length === 2 ? resourceList(store, `${first}/${second}`) : undefined
}
