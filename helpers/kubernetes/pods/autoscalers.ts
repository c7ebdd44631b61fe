// HorizontalPodAutoscalers: how many pods they keep of a workload.
import type { Answers, Autoscaler, WorkloadObject } from '#src/model/index.ts'
import { autoscalers, inNamespace } from '#helpers/kubernetes/questions.ts'
import { replicasOf } from '#helpers/kubernetes/workloads.ts'

/** The autoscaler of a workload. */
export function autoscalerOf(answers: Answers, object: WorkloadObject): Autoscaler | undefined {
  const { kind, metadata } = object
  // A workload with 0 replicas is switched off, and so is its autoscaler.
  if (replicasOf(object) === 0) return undefined
  return inNamespace(answers(autoscalers), metadata.namespace ?? '').find(
    ({ spec }) =>
      spec?.scaleTargetRef?.kind === kind &&
      spec.scaleTargetRef.name === metadata.name &&
      (spec.scaleTargetRef.apiVersion ?? 'apps/v1').startsWith('apps/'),
  )
}

/**
 * The least pods that a workload keeps: those of its autoscaler, which overrides `replicas`, or its
 * own. @source Kubernetes: both default to 1
 */
export function leastPods(answers: Answers, object: WorkloadObject): number {
  const scaled = autoscalerOf(answers, object)
  if (scaled === undefined) return replicasOf(object) ?? 1
  return scaled.spec.minReplicas ?? 1
}

/** The most pods that an autoscaler makes of a workload; 0 without one. */
export const mostPods = (answers: Answers, object: WorkloadObject): number =>
  autoscalerOf(answers, object)?.spec.maxReplicas ?? 0
