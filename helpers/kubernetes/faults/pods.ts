// Faults on pods: those of a workload are deleted.
import { resources } from '#src/kubernetes/kinds.ts'
import { permission } from '#src/kubernetes/permission.ts'
import { fault } from '#src/model/fault.ts'
import type { Impact } from '#src/model/guards/impact.ts'
import type { WorkloadObject } from '#src/model/kube.ts'
import { api } from '#helpers/kubernetes/api.ts'
import { selects } from '#helpers/kubernetes/workloads.ts'

export type WorkloadRef = {
  readonly kind: keyof typeof workloads
  readonly namespace: string
  readonly name: string
}
export const workloads = {
  Deployment: resources.deployments,
  StatefulSet: resources.statefulsets,
  DaemonSet: resources.daemonsets,
} as const
/** Deletes all pods of a workload; its controller makes new ones. */
export const deletePods = fault<
  WorkloadRef & { readonly force: boolean },
  { namespace: string; pods: { name: string; uid: string }[]; force: boolean }
>({
  name: 'workload.delete-pods',
  describe: ({ namespace, kind, name, force }) =>
    `delete the pods of ${kind} ${namespace}/${name}${force ? ' by force' : ''}`,
  blast: 'workload',
  needs: ['kubernetes'],
  async prepare({ kind, namespace, name, force }, context) {
    const kube = await api(context)
    const workload = await kube.get<WorkloadObject>(workloads[kind], name, namespace)
    if (workload === undefined) throw new Error(`there is no ${kind} ${namespace}/${name}`)
    const found = (await kube.list(resources.pods, { namespace })).filter(pod =>
      selects(workload, pod),
    )
    if (found.length === 0) throw new Error(`${kind} ${namespace}/${name} has no pod to delete`)
    return {
      namespace,
      force,
      pods: found.map(({ metadata }) => ({ name: metadata.name, uid: metadata.uid ?? '' })),
    }
  },
  async inject({ namespace, pods, force }, context) {
    const kube = await api(context)
    for (const { name, uid } of pods)
      await kube.remove(resources.pods, name, namespace, {
        uid,
        ...(force ? { gracePeriodSeconds: 0 } : {}),
      })
  },
  // Nothing to put back: the controllers do, and whether they do is what the drill measures.
  async undo() {},
  manualUndo: ({ namespace }) => `kubectl get pods -n ${namespace}: their controllers replace them`,
  impacts: ({ kind, namespace, name }): readonly Impact[] => [
    { kind: 'workload', workload: kind, namespace, name, how: 'down' },
  ],
  permissions: ({ kind, namespace, name }) => ({
    inject: [
      permission('get', workloads[kind], { namespace, name }),
      permission('list', resources.pods, { namespace }),
      permission('delete', resources.pods, { namespace }),
    ],
    undo: [],
  }),
  deadMan: () => 'deleted pods are replaced by their controllers: nothing is to be ended',
})
