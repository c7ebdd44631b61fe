// The rules by which lists are merged: the `patchMergeKey` and `listMapKey` tags of the types of
// Kubernetes.

/**
 * `map`: a list of objects, identified by `keys`. `set`: a list of plain values. `atomic`: a patch
 * replaces the whole list.
 */
export type ListRule =
  | { kind: 'map'; keys: readonly string[] }
  | { kind: 'set' }
  | { kind: 'atomic' }

const map = (...keys: string[]): ListRule => ({ kind: 'map', keys })
const set: ListRule = { kind: 'set' }
const atomic: ListRule = { kind: 'atomic' }

/**
 * The rules of strategic merge, by the field of the list. `tolerations`, `taints`, `accessModes`,
 * `volumeClaimTemplates`, `containerStatuses` and `endpoints` are absent because they have no merge
 * key. @source Kubernetes v1.35, API types: patchStrategy and patchMergeKey tags
 */
const strategic: Readonly<Record<string, ListRule>> = {
  containers: map('name'),
  initContainers: map('name'),
  ephemeralContainers: map('name'),
  volumes: map('name'),
  env: map('name'),
  volumeMounts: map('mountPath'),
  volumeDevices: map('devicePath'),
  imagePullSecrets: map('name'),
  hostAliases: map('ip'),
  topologySpreadConstraints: map('topologyKey'),
  schedulingGates: map('name'),
  resourceClaims: map('name'),
  podIPs: map('ip'),
  conditions: map('type'),
  addresses: map('type'),
  webhooks: map('name'),
  secrets: map('name'),
  ownerReferences: map('uid'),
  finalizers: set,
  podCIDRs: set,
}

/** The rules of server-side apply. They differ for lists with several keys. */
const applied: Readonly<Record<string, ListRule>> = {
  ...strategic,
  topologySpreadConstraints: map('topologyKey', 'whenUnsatisfiable'),
}

const containerLists = new Set(['containers', 'initContainers', 'ephemeralContainers'])

/** The rule of `ports`, whose merge key differs between containers and Services. */
function portsRule(form: 'strategic' | 'apply', path: readonly string[]): ListRule {
  const protocol = form === 'strategic' ? [] : ['protocol']
  if (containerLists.has(path.at(-1) ?? '')) return map('containerPort', ...protocol)
  const ofService = path.length === 1 && path[0] === 'spec'
  return ofService ? map('port', ...protocol) : atomic
}

/** The rule of the list `field`. `path`: the fields that lead to the object that contains it. */
export function listRule(
  form: 'strategic' | 'apply',
  field: string,
  path: readonly string[],
): ListRule {
  if (field === 'ports') return portsRule(form, path)
  // The pull secrets of a ServiceAccount have no merge key, those of a pod have one.
  if (field === 'imagePullSecrets' && path.length === 0) return atomic
  return (form === 'strategic' ? strategic : applied)[field] ?? atomic
}
