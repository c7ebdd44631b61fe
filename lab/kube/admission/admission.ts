// Admission of pods: it adds the token of the account and the priority of the class.
import type { SeededRandom } from '#lab/kernel/random.ts'
import type { LabContext } from '#lab/kernel/world.ts'
import { podDefaults } from './defaults-pod.ts'
import type { Json, JsonObject } from '#lab/kube/patch/json.ts'
import { asJson, at, listAt, numberAt, textAt, within } from '#lab/kube/patch/json.ts'

/**
 * The folder with the token of a pod's account. @source Kubernetes documentation, Configure Service
 * Accounts for Pods
 */
const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount'

/** A random stream for each world, so that names of tokens shift no draw of other parts. */
const randoms = new WeakMap<LabContext, SeededRandom>()

function randomOf(context: LabContext): SeededRandom {
  const random = randoms.get(context) ?? context.random.fork('admission')
  randoms.set(context, random)
  return random
}

/**
 * The volume with the token. @source Kubernetes v1.35, admission plugin ServiceAccount: 3607 s
 * identify a token that the plugin requested; mode 0644
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

/** Whether the pod gets a token: it has an account with one, and neither of them declines it. */
function wantsToken({ store }: LabContext, pod: JsonObject): boolean {
  const namespace = textAt(pod, 'metadata', 'namespace')
  const name = textAt(pod, 'spec', 'serviceAccountName') ?? 'default'
  const account = store.get('ServiceAccount', namespace, name)
  // A new namespace does not have its account yet, and some worlds have no accounts.
  if (account === undefined || store.get('ConfigMap', namespace, 'kube-root-ca.crt') === undefined)
    return false
  const mounts =
    at(pod, 'spec', 'automountServiceAccountToken') ??
    asJson(account)['automountServiceAccountToken']
  const hasToken = listAt(pod, 'spec', 'volumes').some(volume =>
    textAt(volume, 'name')?.startsWith('kube-api-access-'),
  )
  return mounts !== false && !hasToken
}

function addToken(context: LabContext, pod: JsonObject): void {
  const spec = within(pod, 'spec')
  if (!wantsToken(context, pod)) return
  const volumes = listAt(spec, 'volumes')
  const name = `kube-api-access-${randomOf(context).suffix(5)}`
  const mount: Json = { mountPath: tokenPath, name, readOnly: true }
  const containers = [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')]
  for (const container of containers)
    container['volumeMounts'] = [...listAt(container, 'volumeMounts'), mount]
  spec['volumes'] = [...volumes, tokenVolume(name)]
}

/** Completes a new pod with its priority, defaults and token, in place. */
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

/** A uid for an object that needs one before it is stored. */
export const uidOf = (context: LabContext): string => randomOf(context).uuid()
