// The service account and root certificate controllers: every namespace gets a service account and
// the certificate of the API's authority.
import type { KubeObject, Namespace } from '#src/model/kube.ts'
import { delays } from '#lab/control/delays.ts'
import { isTerminating } from '#lab/control/pods.ts'
import type { Control, Controller } from '#lab/control/work-queue.ts'
import { keyOf, workQueue } from '#lab/control/work-queue.ts'

/** @source Kubernetes v1.35, root CA publisher, the description of each ConfigMap */
const description =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal ' +
  'endpoints such as the internal service IP or kubernetes.default.svc. No other usage is ' +
  'guaranteed across distributions of Kubernetes clusters.'

/** `ca`: PEM of the authority that signed the API server's certificate. */
export function accountsController(control: Control, ca: string): Controller {
  const { store } = control.context
  const queue = workQueue(control, delays.reconcile, name => {
    const namespace = store.get<Namespace>('Namespace', undefined, name)
    if (namespace === undefined || isTerminating(namespace)) return
    if (store.get('ServiceAccount', name, 'default') === undefined)
      store.create({
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'default', namespace: name },
      })
    if (store.get('ConfigMap', name, 'kube-root-ca.crt') !== undefined) return
    const map: KubeObject & { data: Record<string, string> } = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'kube-root-ca.crt',
        namespace: name,
        annotations: { 'kubernetes.io/description': description },
      },
      data: { 'ca.crt': ca },
    }
    store.create(map)
  })
  return {
    on({ type, object }) {
      if (object.kind === 'Namespace' && type !== 'DELETED') queue.add(keyOf(object))
      if (
        type === 'DELETED' &&
        (object.kind === 'ServiceAccount' || object.kind === 'ConfigMap') &&
        object.metadata.namespace !== undefined
      )
        queue.add(object.metadata.namespace)
    },
    all() {
      for (const namespace of store.list('Namespace')) queue.add(keyOf(namespace))
    },
  }
}
