// Aggregated discovery: all groups, versions and resources in one answer.
import type { Store } from '#lab/kernel/store.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { present, textAt } from '#lab/kube/patch/json.ts'
import type { ApiRequest } from '#lab/kube/request.ts'
import { aliasesOf, allKinds, resourcesOf } from './discovery.ts'
import type { Kind } from './kinds.ts'

/** A resource with its subresources. */
function resourceOf(kind: Kind): JsonObject {
  const [own, ...below] = resourcesOf(kind)
  const responseKind = (entry: JsonObject): JsonObject => ({
    group: entry['group'] ?? kind.group,
    version: entry['version'] ?? kind.version,
    kind: entry['kind'] ?? '',
  })
  const subresources = below.map(entry => ({
    subresource: textAt(entry, 'name')?.split('/')[1] ?? '',
    responseKind: responseKind(entry),
    verbs: entry['verbs'] ?? [],
  }))
  return present({
    resource: kind.plural,
    responseKind: responseKind(own!),
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.kind.toLowerCase(),
    verbs: [...kind.verbs],
    ...aliasesOf(kind),
    subresources: subresources.length === 0 ? undefined : subresources,
  })
}

/**
 * The forms that a client can name in its Accept header, newest first. @source Kubernetes v1.35,
 * aggregated discovery
 */
const forms = ['v2', 'v2beta1'].map(version => ({
  version,
  type: `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
}))

/** A group with its versions. `kinds`: those of the group. */
function groupOf(group: string, kinds: readonly Kind[]): JsonObject {
  const versions = [...Map.groupBy(kinds, kind => kind.version)].map(([version, ofVersion]) => ({
    version,
    resources: ofVersion.map(resourceOf),
    freshness: 'Current',
  }))
  return { metadata: { name: group, creationTimestamp: null }, versions }
}

/** Answers `/api` and `/apis` to clients that accept an aggregated form; undefined otherwise. */
export function aggregated(
  store: Store,
  request: ApiRequest,
): { type: string; body: JsonObject } | undefined {
  const accept = (request.headers['accept'] ?? '').replaceAll(' ', '')
  const form = forms.find(({ type }) => accept.includes(type))
  if (form === undefined || (request.path !== '/api' && request.path !== '/apis')) return undefined
  const isCore = request.path === '/api'
  const kinds = allKinds(store).filter(kind => (kind.group === '') === isCore)
  const byGroup = [...Map.groupBy(kinds, kind => kind.group)]
  return {
    type: form.type,
    body: {
      kind: 'APIGroupDiscoveryList',
      apiVersion: `apidiscovery.k8s.io/${form.version}`,
      metadata: {},
      items: byGroup.map(([group, ofGroup]) => groupOf(group, ofGroup)),
    },
  }
}
