// What admission adds to a pod: the token of its account and the priority of its class.
import type { SeededRandom } from '#lab/kernel/random.ts'
import type { LabContext } from '#lab/kernel/world.ts'
import { podDefaults } from './defaults-pod.ts'
import type { Json, JsonObject } from '#lab/kube/patch/json.ts'
import { asJson, listAt, numberAt, textAt, within } from '#lab/kube/patch/json.ts'

/**
 * Where a pod finds the token of its account. @source Kubernetes documentation, Configure Service
 * Accounts for Pods
 */
const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount'

/** Chance of its own: names of tokens must not move those of other things. */
const chances = new WeakMap<LabContext, SeededRandom>()

function chanceOf(context: LabContext): SeededRandom {
  const chance = chances.get(context) ?? context.random.fork('admission')
  chances.set(context, chance)
  return chance
}

/**
 * @source Kubernetes v1.35, admission plugin ServiceAccount: 3607 s mark a token that it asked for;
 * 0644
 */
const tokenVolume = (name: string): JsonObject => ({
  name,
  projected: {
    defaultMode: 420,
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { items: [{ key: 'ca.crt', path: 'ca.crt' }], name: 'kube-root-ca.crt' } },
      {
        downwardAPI: {
          items: [
            { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' }, path: 'namespace' },
          ],
        },
      },
    ],
  },
})

function addToken(context: LabContext, pod: JsonObject): void {
  const { store } = context
  const namespace = textAt(pod, 'metadata', 'namespace')
  const spec = within(pod, 'spec')
  const account = store.get(
    'ServiceAccount',
    namespace,
    textAt(spec, 'serviceAccountName') ?? 'default',
  )
  // A namespace whose account is still to come, or a world without accounts.
  if (account === undefined || store.get('ConfigMap', namespace, 'kube-root-ca.crt') === undefined)
    return
  if (
    (spec['automountServiceAccountToken'] ?? asJson(account)['automountServiceAccountToken']) ===
    false
  )
    return
  const volumes = listAt(spec, 'volumes')
  if (volumes.some(volume => textAt(volume, 'name')?.startsWith('kube-api-access-'))) return
  const name = `kube-api-access-${chanceOf(context).suffix(5)}`
  const mount: Json = { mountPath: tokenPath, name, readOnly: true }
  const containers = [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')]
  for (const container of containers)
    container['volumeMounts'] = [...listAt(container, 'volumeMounts'), mount]
  spec['volumes'] = [...volumes, tokenVolume(name)]
}

/** The pod, as admission and defaults let it in. In place. */
export function admitPod(context: LabContext, pod: JsonObject): void {
  const spec = within(pod, 'spec')
  const name = textAt(spec, 'priorityClassName')
  const found = name === undefined ? undefined : context.store.get('PriorityClass', undefined, name)
  if (found !== undefined) {
    spec['priority'] = numberAt(asJson(found), 'value') ?? 0
    spec['preemptionPolicy'] = textAt(asJson(found), 'preemptionPolicy') ?? 'PreemptLowerPriority'
  }
  podDefaults(pod)
  addToken(context, pod)
}

/** A uid for what needs its own before it is stored. */
export const uidOf = (context: LabContext): string => chanceOf(context).uuid()
