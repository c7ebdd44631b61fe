// Faults on probes: a liveness probe is given or taken for the time of a drill.
import { resources } from '#src/kubernetes/kinds.ts'
import { fault, type FaultContext, type Json, type Switch } from '#src/model/fault.ts'
import type { Impact } from '#src/model/guards/impact.ts'
import type { Policy } from '#src/model/policy/policy.ts'
import type { Probe, WorkloadObject } from '#src/model/kube.ts'
import { byKubectl } from '#helpers/kubernetes/switches.ts'
import { api } from '#helpers/kubernetes/api.ts'
import { patchOf } from './patch.ts'

export type ProbeJson = { readonly [field: string]: Json }
export type ProbeRecord = {
  readonly namespace: string
  readonly name: string
  readonly container: string
  readonly probe: ProbeJson
  readonly before: ProbeJson | null
}
/** The part that adding and removing a probe share: the record contains the original probe. */
const changesLiveness = {
  undo: (record: ProbeRecord, context: FaultContext) => setLiveness(record, record.before, context),
  manualUndo: ({ namespace, name }: ProbeRecord) =>
    `kubectl apply the manifest of ${namespace}/${name} again`,
  impacts: ({ namespace, name }: Named): readonly Impact[] => [
    { kind: 'workload', workload: 'StatefulSet', namespace, name, how: 'changed' },
  ],
  permissions: ({ namespace, name }: Named, policy: Policy) =>
    patchOf(resources.statefulsets, namespace, name, policy),
  deadMan: (record: ProbeRecord, context: FaultContext) => livenessSwitch(record, context),
}

interface Named {
  namespace: string
  name: string
}

/**
 * Gives a container of a StatefulSet a liveness probe until the drill is over; its pod restarts for
 * it.
 */
export const giveLiveness = fault<
  { namespace: string; name: string; container: string; probe: ProbeJson },
  ProbeRecord
>({
  name: 'workload.give-liveness',
  describe: ({ namespace, name }) => `give ${namespace}/${name} a liveness probe`,
  blast: 'workload',
  needs: ['kubernetes'],
  prepare: async ({ namespace, name, container, probe }, context) => ({
    namespace,
    name,
    container,
    probe,
    before: await livenessOf({ namespace, name, container }, context),
  }),
  inject: (record, context) => setLiveness(record, record.probe, context),
  ...changesLiveness,
})
/**
 * Takes the liveness probe of a container of a StatefulSet away until the drill is over; its pod
 * restarts for it.
 */
export const takeLiveness = fault<
  { namespace: string; name: string; container: string },
  ProbeRecord
>({
  name: 'workload.take-liveness',
  describe: ({ namespace, name }) => `take the liveness probe of ${namespace}/${name} away`,
  blast: 'workload',
  needs: ['kubernetes'],
  prepare: async ({ namespace, name, container }, context) => ({
    namespace,
    name,
    container,
    probe: {},
    before: await livenessOf({ namespace, name, container }, context),
  }),
  inject: (record, context) => setLiveness(record, null, context),
  ...changesLiveness,
})
/**
 * The probe as it was. Strategic: containers are known by their names. Where there is one it is
 * replaced, where there is none it is added. @source measured on a v1.35 node
 */
export function livenessSwitch(
  { namespace, name, container, probe, before }: ProbeRecord,
  context: FaultContext,
): Switch | string {
  const taken = Object.keys(probe).length === 0
  if (taken && before === null) return 'it had no probe before: nothing is to be put back'
  const livenessProbe = before === null || taken ? before : { ...before, $patch: 'replace' }
  return byKubectl(
    taken ? 'workload.take-liveness' : 'workload.give-liveness',
    { namespace, name, container, probe, before },
    context,
    [
      'patch',
      'statefulset',
      name,
      '-n',
      namespace,
      '--type=strategic',
      '-p',
      JSON.stringify({
        spec: { template: { spec: { containers: [{ name: container, livenessProbe }] } } },
      }),
    ],
  )
}
export async function livenessOf(
  { namespace, name, container }: { namespace: string; name: string; container: string },
  context: FaultContext,
): Promise<ProbeJson | null> {
  const found = await (await api(context)).get(resources.statefulsets, name, namespace)
  if (found === undefined) throw new Error(`there is no StatefulSet ${namespace}/${name}`)
  const probe: Probe | undefined = found.spec.template.spec.containers.find(
    candidate => candidate.name === container,
  )?.livenessProbe
  // What came as JSON is JSON.
  return JSON.parse(JSON.stringify(probe ?? null)) as ProbeJson | null
}
/**
 * How long a StatefulSet may take to roll out, ms, and how often it is checked: Typesense stops for
 * up to 60 s and loads for minutes.
 */
export const rollOut = 400000
export const rollOutEvery = 2000
export const rolledOut = ({ metadata, spec, status }: WorkloadObject): boolean => {
  const wanted = spec.replicas ?? 1
  return (
    status?.observedGeneration === metadata.generation &&
    status?.updatedReplicas === wanted &&
    status.readyReplicas === wanted &&
    status.availableReplicas === wanted
  )
}
export async function setLiveness(
  { namespace, name, container }: ProbeRecord,
  probe: ProbeJson | null,
  context: FaultContext,
): Promise<void> {
  const kube = await api(context)
  const { clock } = context.runtime
  const containers =
    (await kube.get(resources.statefulsets, name, namespace))?.spec.template.spec.containers ?? []
  const index = containers.findIndex(candidate => candidate.name === container)
  if (index < 0) throw new Error(`StatefulSet ${namespace}/${name} has no container ${container}`)
  const at = `/spec/template/spec/containers/${index}`
  // As a JSON patch, which replaces a probe as a whole and adds one that was not there. A strategic
  // patch merges it with what
  // is left of the other one, and with “$patch: replace” it does nothing where there is none.
  // @source measured on a v1.35 node
  if (probe !== null || containers[index]?.livenessProbe !== undefined)
    await kube.patch(resources.statefulsets, name, namespace, 'json', [
      { op: 'test', path: `${at}/name`, value: container },
      probe === null
        ? { op: 'remove', path: `${at}/livenessProbe` }
        : { op: 'add', path: `${at}/livenessProbe`, value: probe },
    ])
  for (const until = clock.now() + rollOut; ; await clock.sleep(rollOutEvery, context.signal)) {
    const found = await kube.get(resources.statefulsets, name, namespace)
    if (found !== undefined && rolledOut(found)) return
    if (clock.now() > until)
      throw new Error(
        `StatefulSet ${namespace}/${name} did not roll out within ${rollOut / 1000} s`,
      )
  }
}
