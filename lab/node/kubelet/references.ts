// Secrets and ConfigMaps that a pod references: without them its volumes cannot be mounted and its
// containers not configured.
import { z } from 'zod'
import type { Container } from '#src/model/kube.ts'
import type { KubeletState, PodRun } from './state.ts'

const named = z
  .object({
    name: z.string().optional(),
    secretName: z.string().optional(),
    optional: z.boolean().optional(),
  })
  .optional()
const fromShape = z.object({
  secretKeyRef: named,
  configMapKeyRef: named,
  secretRef: named,
  configMapRef: named,
})

/** `secret "x" not found`, if it is missing and not optional. */
function missing(
  kubelet: KubeletState,
  namespace: string,
  kind: 'Secret' | 'ConfigMap',
  reference: z.infer<typeof named>,
): string | undefined {
  const name = reference?.secretName ?? reference?.name
  if (reference === undefined || name === undefined || reference.optional === true) return undefined
  return kubelet.shared.context.store.get(kind, namespace, name) === undefined
    ? `${kind.toLowerCase()} "${name}" not found`
    : undefined
}

/** Why a volume cannot be mounted, in the words of the FailedMount event; undefined if all can. */
export function missingVolumeSource(kubelet: KubeletState, run: PodRun): string | undefined {
  for (const volume of run.pod.spec.volumes ?? []) {
    const problem =
      missing(kubelet, run.namespace, 'Secret', named.safeParse(volume['secret']).data) ??
      missing(kubelet, run.namespace, 'ConfigMap', named.safeParse(volume['configMap']).data)
    if (problem !== undefined)
      return `MountVolume.SetUp failed for volume "${volume.name}" : ${problem}`
  }
  return undefined
}

/** Why a container cannot be configured: its environment references a missing object. */
export function missingReference(
  kubelet: KubeletState,
  run: PodRun,
  container: Container,
): string | undefined {
  const envFrom: unknown = Reflect.get(container, 'envFrom')
  const sources: unknown[] = [
    ...(Array.isArray(envFrom) ? envFrom : []),
    ...(container.env ?? []).map(each => each.valueFrom),
  ]
  for (const source of sources) {
    const { data } = fromShape.safeParse(source)
    const problem =
      missing(kubelet, run.namespace, 'Secret', data?.secretKeyRef ?? data?.secretRef) ??
      missing(kubelet, run.namespace, 'ConfigMap', data?.configMapKeyRef ?? data?.configMapRef)
    if (problem !== undefined) return problem
  }
  return undefined
}
