// Fixes for pods that no controller will ever remove.
import { resources } from '#src/kubernetes/kinds.ts'
import { api } from '#helpers/kubernetes/api.ts'
import { permission } from '#src/kubernetes/permission.ts'
import { pods } from '#helpers/kubernetes/questions.ts'
import { fix } from '#src/model/index.ts'

export const deleteUnknownPods = fix({
  name: 'delete-unknown-pods',
  title: 'force-delete pods in phase Unknown: their controllers replace them, their claims stay',
  reason: 'such a pod keeps its name and its claim, and no controller replaces it',
  harm: 'restarts a pod',
  /**
   * A node that is just coming back corrects its pods by itself within this. @source measured on a
   * v1.35 node: docker restart, 43 s
   */
  confirm: { looks: 2, every: '30 s' },
  settles: '60 s',
  observe: () => [pods],
  permissions: policy =>
    policy.namespaces.map(namespace => permission('delete', resources.pods, { namespace })),
  plan: (answers, policy) =>
    answers(pods)
      .filter(
        pod =>
          policy.namespaces.includes(pod.metadata.namespace ?? '') &&
          pod.status?.phase === 'Unknown',
      )
      .map(({ metadata: { name, namespace, uid } }) => ({
        command: `kubectl delete pod ${name} -n ${namespace} --force --grace-period=0`,
        async apply(runtime) {
          const kube = await api({ runtime, policy })
          await kube.remove(resources.pods, name, namespace, {
            gracePeriodSeconds: 0,
            ...(uid === undefined ? {} : { uid }),
          })
        },
      })),
})
