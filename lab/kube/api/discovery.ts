// What the server says of itself: versions, groups, resources, health.
import type { Store } from '#lab/kernel/store.ts'
import type { Json, JsonObject } from '#lab/kube/patch/json.ts'
import { textAt } from '#lab/kube/patch/json.ts'
import type { ApiRequest } from '#lab/kube/request.ts'
import type { Kind } from './kinds.ts'
import { apiVersionOf, builtinKinds, customKinds } from './kinds.ts'

/** Everything that is served, built in or defined. */
export const allKinds = (store: Store): Kind[] => [...builtinKinds, ...customKinds(store)]

function groupOf(group: string, versions: readonly string[]): JsonObject {
  const named: Json[] = versions.map(version => ({ groupVersion: `${group}/${version}`, version }))
  return { name: group, versions: named, preferredVersion: named[0]! }
}

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

function resourcesOf(kind: Kind): JsonObject[] {
  const own: JsonObject = {
    name: kind.plural,
    singularName: kind.kind.toLowerCase(),
    namespaced: kind.namespaced,
    kind: kind.kind,
    verbs: [...kind.verbs],
    ...(kind.short.length === 0 ? {} : { shortNames: [...kind.short] }),
    ...(kind.categories.length === 0 ? {} : { categories: [...kind.categories] }),
  }
  const below = (name: string, extra: JsonObject): JsonObject => ({
    name: `${kind.plural}/${name}`,
    singularName: '',
    namespaced: kind.namespaced,
    ...extra,
  })
  return [
    own,
    ...(kind.kind === 'Pod'
      ? [
          below('binding', { kind: 'Binding', verbs: ['create'] }),
          below('eviction', {
            group: 'policy',
            version: 'v1',
            kind: 'Eviction',
            verbs: ['create'],
          }),
          below('exec', { kind: 'PodExecOptions', verbs: ['create', 'get'] }),
          below('log', { kind: 'Pod', verbs: ['get'] }),
          below('portforward', { kind: 'PodPortForwardOptions', verbs: ['create', 'get'] }),
        ]
      : []),
    ...(kind.kind === 'Namespace'
      ? [below('finalize', { kind: 'Namespace', verbs: ['update'] })]
      : []),
    ...(kind.scale
      ? [
          below('scale', {
            group: 'autoscaling',
            version: 'v1',
            kind: 'Scale',
            verbs: ['get', 'patch', 'update'],
          }),
        ]
      : []),
    ...(kind.status
      ? [below('status', { kind: kind.kind, verbs: ['get', 'patch', 'update'] })]
      : []),
  ]
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

/** The object that a discovery path serves, or undefined where there is none. */
export function discover(store: Store, path: string, version: string): JsonObject | undefined {
  const steps = path.split('/').filter(step => step !== '')
  if (path === '/version' || path === '/version/') return versionInfo(version)
  if (steps[0] === 'api' && steps.length === 1) {
    return {
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '10.5.0.2:6443' }],
    }
  }
  if (steps[0] === 'apis' && steps.length === 1) {
    return {
      kind: 'APIGroupList',
      apiVersion: 'v1',
      groups: [...groups(store)].map(([group, versions]) => groupOf(group, versions)),
    }
  }
  if (steps[0] === 'apis' && steps.length === 2) {
    const versions = groups(store).get(steps[1]!)
    return versions === undefined
      ? undefined
      : { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(steps[1]!, versions) }
  }
  const api =
    steps[0] === 'api' && steps.length === 2
      ? steps[1]!
      : steps[0] === 'apis' && steps.length === 3
        ? `${steps[1]!}/${steps[2]!}`
        : undefined
  const kinds = api === undefined ? [] : allKinds(store).filter(kind => apiVersionOf(kind) === api)
  if (api === undefined || kinds.length === 0) return undefined
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: api,
    resources: kinds.flatMap(resourcesOf),
  }
}

/** A resource of a list as the aggregated form has it, with what lies below it. */
function discovered(kind: Kind): JsonObject {
  const [own, ...below] = resourcesOf(kind)
  const responseKind = (entry: JsonObject): JsonObject => ({
    group: entry['group'] ?? kind.group,
    version: entry['version'] ?? kind.version,
    kind: entry['kind'] ?? '',
  })
  return {
    resource: kind.plural,
    responseKind: responseKind(own!),
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.kind.toLowerCase(),
    verbs: [...kind.verbs],
    ...(kind.short.length === 0 ? {} : { shortNames: [...kind.short] }),
    ...(kind.categories.length === 0 ? {} : { categories: [...kind.categories] }),
    ...(below.length === 0
      ? {}
      : {
          subresources: below.map(entry => ({
            subresource: textAt(entry, 'name')?.split('/')[1] ?? '',
            responseKind: responseKind(entry),
            verbs: entry['verbs'] ?? [],
          })),
        }),
  }
}

/**
 * @source Kubernetes v1.35, aggregated discovery: the forms that a client names in its Accept
 * header, newest first
 */
const aggregations = ['v2', 'v2beta1'].map(version => ({
  version,
  type: `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
}))

/**
 * All groups, versions and resources in one answer, for clients that ask `/api` or `/apis` so;
 * undefined for all others.
 */
export function aggregated(
  store: Store,
  request: ApiRequest,
): { type: string; body: JsonObject } | undefined {
  const accept = (request.headers['accept'] ?? '').replaceAll(' ', '')
  const form = aggregations.find(({ type }) => accept.includes(type))
  if (form === undefined || (request.path !== '/api' && request.path !== '/apis')) return undefined
  const kinds = allKinds(store).filter(kind => (kind.group === '') === (request.path === '/api'))
  const versionsOf = (group: string): JsonObject[] =>
    [
      ...Map.groupBy(
        kinds.filter(kind => kind.group === group),
        kind => kind.version,
      ),
    ].map(([version, of]) => ({ version, resources: of.map(discovered), freshness: 'Current' }))
  const items = [...new Set(kinds.map(kind => kind.group))].map((group): JsonObject => ({
    metadata: { name: group, creationTimestamp: null },
    versions: versionsOf(group),
  }))
  return {
    type: form.type,
    body: {
      kind: 'APIGroupDiscoveryList',
      apiVersion: `apidiscovery.k8s.io/${form.version}`,
      metadata: {},
      items,
    },
  }
}

/** @source measured on a v1.35 node, `/readyz?verbose`, the checks that matter */
const checks = [
  'ping',
  'log',
  'etcd',
  'informer-sync',
  'poststarthook/start-apiserver-admission-initializer',
  'poststarthook/generic-apiserver-start-informers',
  'poststarthook/rbac/bootstrap-roles',
  'shutdown',
]

/** `ok`, or each check on a line of its own. */
export function health(path: string, query: URLSearchParams): string | undefined {
  const [, end, check, ...rest] = path.split('/')
  if (end !== 'healthz' && end !== 'livez' && end !== 'readyz') return undefined
  if (check !== undefined && check !== '')
    return checks.includes([check, ...rest].join('/')) ? 'ok' : undefined
  if (!query.has('verbose')) return 'ok'
  const own = checks.filter(
    name => end === 'readyz' || (name !== 'informer-sync' && name !== 'shutdown'),
  )
  return [...own.map(name => `[+]${name} ok`), `${end} check passed`, ''].join('\n')
}
