// Fixes for the pod network: the kernel settings below it, and one restart of flannel for each
// cause.
import { callOf } from '#src/commands/call.ts'
import { openKube, resources } from '#src/kubernetes/client.ts'
import { permission } from '#src/kubernetes/permission.ts'
import { events, pods } from '#helpers/kubernetes/questions.ts'
import { sandboxErrors, writtenBy } from './sandboxes.ts'
import {
  selects,
  trouble,
  workloadObject,
  workloadQuestions,
} from '#helpers/kubernetes/workloads.ts'
import {
  fix,
  type Act,
  type Pod,
  type Policy,
  type Runtime,
  type Answers,
} from '#src/model/index.ts'

/** ms for one request or ssh command. */
const patience = 20_000
const call = (runtime: Runtime) => callOf({ runtime }, patience)

/**
 * Why a flannel pod needs a restart: it crash-loops, or a sandbox failed for lack of flannel's file
 * at a time when the file must exist. A pod that does not run yet (“Unknown (exit 255)”, as all
 * containers show for seconds after their node came back) writes the file at its start, without
 * help. @source measured on a v1.35 node: docker restart
 */
function reasonFor(answers: Answers, flannel: Pod): string | undefined {
  const crashing = (flannel.status?.containerStatuses ?? [])
    .map(trouble)
    .find(why => why !== undefined && /CrashLoopBackOff|Error/.test(why))
  if (crashing !== undefined) return crashing
  const since = writtenBy(flannel)
  return since > 0 && sandboxErrors(answers, flannel.spec.nodeName ?? '', since).length > 0
    ? 'sandboxes fail for want of subnet.env'
    : undefined
}

export const restartFlannel = fix({
  name: 'restart-flannel',
  title: 'delete the flannel pod once; its successor writes subnet.env',
  reason:
    'flannel writes its file only at its start; ' +
    'errors older than that start are history, not a reason for another',
  harm: 'restarts a pod',
  /**
   * The kubelet retries sandboxes 11 to 15 s apart once flannel is back. @source measured on a
   * v1.35 node: subnet.env removed
   */
  cooldown: '60 s',
  settles: '60 s',
  observe: () => [pods, events, ...workloadQuestions],
  permissions: ({ network: { flannel } }) =>
    flannel.as === 'daemonset'
      ? [permission('delete', resources.pods, { namespace: flannel.namespace })]
      : [],
  plan(answers, policy) {
    const { flannel } = policy.network
    if (flannel.as !== 'daemonset') return []
    const set = workloadObject(answers, 'DaemonSet', flannel.namespace, flannel.name)
    if (set === undefined) return []
    return answers(pods)
      .filter(pod => selects(set, pod) && pod.metadata.deletionTimestamp === undefined)
      .flatMap(pod => {
        const why = reasonFor(answers, pod)
        return why === undefined ? [] : [removal(policy, pod, why)]
      })
  },
})

const removal = (
  policy: Policy,
  { metadata: { name, namespace, uid } }: Pod,
  why: string,
): Act => ({
  command: `kubectl delete pod ${name} -n ${namespace} --force --grace-period=0 (${why})`,
  async apply(runtime) {
    const api = await openKube(call(runtime), policy.identity)
    await api.remove(resources.pods, name, namespace, {
      gracePeriodSeconds: 0,
      ...(uid === undefined ? {} : { uid }),
    })
  },
})
