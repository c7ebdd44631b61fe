// By which key lists of objects are merged, as the `patchMergeKey` and `listMapKey` tags of the
// upstream types say.

/**
 * `keys`: a list of objects, found again by these. `set`: a list of plain values. Everything else
 * is replaced whole.
 */
export type ListRule =
  | { kind: 'map'; keys: readonly string[] }
  | { kind: 'set' }
  | { kind: 'atomic' }

const map = (...keys: string[]): ListRule => ({ kind: 'map', keys })
const set: ListRule = { kind: 'set' }
const atomic: ListRule = { kind: 'atomic' }

/**
 * Strategic merge, by the name of the list's field. `tolerations`, `taints`, `accessModes`,
 * `volumeClaimTemplates`,
 * `containerStatuses` and `endpoints` carry no merge key upstream and are therefore absent here.
 * @source Kubernetes v1.35, API types: patchStrategy and patchMergeKey tags
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

/** Server-side apply differs where a list has more than one key. */
const applied: Readonly<Record<string, ListRule>> = {
  ...strategic,
  topologySpreadConstraints: map('topologyKey', 'whenUnsatisfiable'),
  podIPs: map('ip'),
}

/**
 * The rule of the list under `field`. `of` is the path of fields that lead to it: ports are merged
 * by another key
 * in a Service than in a container.
 */
export function listRule(
  form: 'strategic' | 'apply',
  field: string,
  of: readonly string[],
): ListRule {
  if (field === 'ports') {
    const ofContainer =
      of.at(-1) === 'containers' ||
      of.at(-1) === 'initContainers' ||
      of.at(-1) === 'ephemeralContainers'
    const ofService = of.length === 1 && of[0] === 'spec'
    if (ofContainer)
      return form === 'strategic' ? map('containerPort') : map('containerPort', 'protocol')
    if (ofService) return form === 'strategic' ? map('port') : map('port', 'protocol')
    return atomic
  }
  // The pull secrets of a ServiceAccount are a plain list; those of a pod are not.
  if (field === 'imagePullSecrets' && of.length === 0) return atomic
  return (form === 'strategic' ? strategic : applied)[field] ?? atomic
}
