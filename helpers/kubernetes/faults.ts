// Faults on workloads: pods deleted, a NodePort reset, an image that does not exist, a process
// frozen, a liveness probe given for the time of a drill.
import { openKube, resources, type Kube } from '#src/kubernetes/client.ts'
import { nodeShell, onlyProcessOf, nodeAccess, type NodeShell } from '#helpers/docker/node-shell.ts'
import { permission } from '#src/kubernetes/permission.ts'
import { byKubectl, bySignal, patchWithSwitch } from '#helpers/host/switches.ts'
import { revisionOf } from './rollouts.ts'
import { selects } from './workloads.ts'
import {
  fault,
  type FaultPermissions,
  type FaultContext,
  type Impact,
  type Json,
  type Policy,
  type Probe,
  type Service,
  type Switch,
  type WorkloadObject,
} from '#src/model/index.ts'

/** ms for one request or command. */
const patience = 20_000
const call = ({ runtime, signal }: FaultContext) => ({ runtime, signal, deadline: patience })
const api = (context: FaultContext): Promise<Kube> =>
  openKube(call(context), context.policy.identity)

const workloads = {
  Deployment: resources.deployments,
  StatefulSet: resources.statefulsets,
  DaemonSet: resources.daemonsets,
} as const
type WorkloadRef = {
  readonly kind: keyof typeof workloads
  readonly namespace: string
  readonly name: string
}

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

const nodePortAt = (service: Service | undefined, index: number): number | undefined =>
  service?.spec.ports?.[index]?.nodePort

/** A patch of one object, looked at first. */
const patchOf = (
  resource: (typeof resources)[keyof typeof resources],
  namespace: string,
  name: string,
  policy: Policy,
): FaultPermissions =>
  patchWithSwitch(
    [
      permission('get', resource, { namespace, name }),
      permission('patch', resource, { namespace, name }),
    ],
    policy,
  )

/** Gives a Service's first port another NodePort, as a Helm upgrade does. */
export const resetNodePort = fault<
  { namespace: string; service: string; nodePort: number },
  { namespace: string; service: string; nodePort: number; before: number | null }
>({
  name: 'workload.reset-nodeport',
  describe: ({ namespace, service, nodePort }) =>
    `set the NodePort of ${namespace}/${service} to ${nodePort}`,
  blast: 'workload',
  needs: ['kubernetes'],
  async prepare({ namespace, service, nodePort }, context) {
    const found = await (await api(context)).get(resources.services, service, namespace)
    if (found === undefined) throw new Error(`there is no Service ${namespace}/${service}`)
    return { namespace, service, nodePort, before: nodePortAt(found, 0) ?? null }
  },
  async inject({ namespace, service, nodePort }, context) {
    await (
      await api(context)
    ).patch(resources.services, service, namespace, 'json', [
      { op: 'add', path: '/spec/ports/0/nodePort', value: nodePort },
    ])
  },
  async undo({ namespace, service, nodePort, before }, context) {
    const kube = await api(context)
    // Somebody may have put it right meanwhile: only our own number is taken back.
    if (
      before === null ||
      nodePortAt(await kube.get(resources.services, service, namespace), 0) !== nodePort
    )
      return
    await kube.patch(resources.services, service, namespace, 'json', [
      { op: 'add', path: '/spec/ports/0/nodePort', value: before },
    ])
  },
  impacts: ({ namespace, service }): readonly Impact[] => [
    { kind: 'service', namespace, name: service },
  ],
  permissions: ({ namespace, service }, policy) =>
    patchOf(resources.services, namespace, service, policy),
  deadMan: (record, context) =>
    record.before === null
      ? 'it had no NodePort before: nothing is to be put back'
      : byKubectl('workload.reset-nodeport', record, context, [
          'patch',
          'service',
          record.service,
          '-n',
          record.namespace,
          '--type=json',
          '-p',
          JSON.stringify([
            { op: 'test', path: '/spec/ports/0/nodePort', value: record.nodePort },
            { op: 'replace', path: '/spec/ports/0/nodePort', value: record.before },
          ]),
        ]),
  manualUndo: ({ namespace, service, before }) =>
    `kubectl patch svc ${service} -n ${namespace} --type=json -p '[{"op":"add","path":"/spec/ports/0/nodePort","value":${before}}]'`,
})

type DeployedRef = {
  readonly namespace: string
  readonly name: string
  readonly container: string
  readonly image: string
}

/** The image of a container of a Deployment, and where it stands. Rejects where there is none. */
async function imageIn(
  kube: Kube,
  { namespace, name, container }: Omit<DeployedRef, 'image'>,
): Promise<{ index: number; image: string; revision: string }> {
  const found = await kube.get(resources.deployments, name, namespace)
  if (found === undefined) throw new Error(`there is no Deployment ${namespace}/${name}`)
  const index = found.spec.template.spec.containers.findIndex(
    candidate => candidate.name === container,
  )
  const image = found.spec.template.spec.containers[index]?.image
  if (image === undefined)
    throw new Error(`Deployment ${namespace}/${name} has no container ${container}`)
  return { index, image, revision: String(revisionOf(found)) }
}

/** Only while ours is there: whoever has deployed or rolled back meanwhile keeps what is theirs. */
const imagePatch = (
  index: number,
  container: string,
  from: string,
  to: string,
): readonly { op: string; path: string; value: string }[] => {
  const at = `/spec/template/spec/containers/${index}`
  return [
    { op: 'test', path: `${at}/name`, value: container },
    { op: 'test', path: `${at}/image`, value: from },
    { op: 'replace', path: `${at}/image`, value: to },
  ]
}

/**
 * Deploys an image that its registry does not have, as a deploy with a wrong tag does: the new pods
 * wait for it, the old ones serve.
 */
export const badImage = fault<
  DeployedRef,
  DeployedRef & { readonly index: number; readonly before: string; readonly revision: string }
>({
  name: 'workload.bad-image',
  describe: ({ namespace, name, container, image }) =>
    `deploy ${image} to container ${container} of Deployment ${namespace}/${name}: there is no such image`,
  blast: 'workload',
  needs: ['kubernetes'],
  async prepare({ namespace, name, container, image }, context) {
    const {
      index,
      image: before,
      revision,
    } = await imageIn(await api(context), { namespace, name, container })
    return { namespace, name, container, index, image, before, revision }
  },
  async inject({ namespace, name, container, image, before }, context) {
    const kube = await api(context)
    const { index, image: now } = await imageIn(kube, { namespace, name, container })
    if (now !== image)
      await kube.patch(
        resources.deployments,
        name,
        namespace,
        'json',
        imagePatch(index, container, before, image),
      )
  },
  async undo({ namespace, name, container, image, before }, context) {
    const kube = await api(context)
    const { index, image: now } = await imageIn(kube, { namespace, name, container })
    if (now === image && before !== image)
      await kube.patch(
        resources.deployments,
        name,
        namespace,
        'json',
        imagePatch(index, container, image, before),
      )
  },
  // How many pods a roll-out may take at once is the Deployment's own choice; that it takes none
  // that serves is what is drilled.
  impacts: ({ namespace, name }): readonly Impact[] => [
    { kind: 'workload', workload: 'Deployment', namespace, name, how: 'changed' },
  ],
  permissions: ({ namespace, name }, policy) =>
    patchOf(resources.deployments, namespace, name, policy),
  // Where another image is there by then, or another container at its place, its tests fail and
  // nothing is changed.
  deadMan: ({ namespace, name, container, index, image, before, revision }, context) =>
    byKubectl(
      'workload.bad-image',
      { namespace, name, container, index, image, before, revision },
      context,
      [
        'patch',
        'deployment',
        name,
        '-n',
        namespace,
        '--type=json',
        '-p',
        JSON.stringify(imagePatch(index, container, image, before)),
      ],
    ),
  manualUndo: ({ namespace, name, container, before, revision }) =>
    `kubectl set image deployment/${name} -n ${namespace} ${container}=${before} (that was revision ${revision})`,
})

const inside = (context: FaultContext, container: string): NodeShell =>
  nodeShell(call(context), nodeAccess(context), container)

/**
 * Freezes the process of an application: it keeps its connections and answers nothing, as a hang
 * does.
 */
export const freeze = fault<
  { program: string },
  { program: string; container: string; pid: number; wasFrozen: boolean }
>({
  name: 'workload.freeze',
  describe: ({ program }) => `freeze ${program} (SIGSTOP): it accepts and does not answer`,
  blast: 'workload',
  needs: ['docker', 'inside-nodes'],
  async prepare({ program }, context) {
    const { container, pid } = await onlyProcessOf(call(context), context.policy, program)
    return { program, container, pid, wasFrozen: await inside(context, container).isStopped(pid) }
  },
  async inject({ container, pid, wasFrozen }, context) {
    if (!wasFrozen) await inside(context, container).signal(pid, 'STOP')
  },
  async undo({ program, container, pid, wasFrozen }, context) {
    if (wasFrozen) return
    // The pid may be somebody else's by now.
    if ((await inside(context, container).processesOf(program)).includes(pid))
      await inside(context, container).signal(pid, 'CONT')
  },
  manualUndo: ({ container, pid }) =>
    `ssh into the VM, or docker exec ${container}: kill -CONT ${pid}`,
  impacts: ({ program }): readonly Impact[] => [{ kind: 'program', program }],
  deadMan: (record, context) =>
    record.wasFrozen
      ? 'it was frozen before, and is left so'
      : bySignal('workload.freeze', record, context, record.container, [record.pid]),
})

type ProbeJson = { readonly [field: string]: Json }
type ProbeRecord = {
  readonly namespace: string
  readonly name: string
  readonly container: string
  readonly probe: ProbeJson
  readonly before: ProbeJson | null
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
  undo: (record, context) => setLiveness(record, record.before, context),
  manualUndo: ({ namespace, name }) => `kubectl apply the manifest of ${namespace}/${name} again`,
  impacts: ({ namespace, name }): readonly Impact[] => [
    { kind: 'workload', workload: 'StatefulSet', namespace, name, how: 'changed' },
  ],
  permissions: ({ namespace, name }, policy) =>
    patchOf(resources.statefulsets, namespace, name, policy),
  deadMan: livenessSwitch,
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
  undo: (record, context) => setLiveness(record, record.before, context),
  manualUndo: ({ namespace, name }) => `kubectl apply the manifest of ${namespace}/${name} again`,
  impacts: ({ namespace, name }): readonly Impact[] => [
    { kind: 'workload', workload: 'StatefulSet', namespace, name, how: 'changed' },
  ],
  permissions: ({ namespace, name }, policy) =>
    patchOf(resources.statefulsets, namespace, name, policy),
  deadMan: livenessSwitch,
})

/**
 * The probe as it was. Strategic: containers are known by their names. Where there is one it is
 * replaced, where there is none it is added. @source measured on a v1.35 node
 */
function livenessSwitch(
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

async function livenessOf(
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
 * How long a StatefulSet may take to roll out, ms, and how often it is looked at: Typesense stops
 * for up to 60 s and loads for minutes.
 */
const rollOut = 400_000
const rollOutEvery = 2_000

const rolledOut = ({ metadata, spec, status }: WorkloadObject): boolean => {
  const wanted = spec.replicas ?? 1
  return (
    status?.observedGeneration === metadata.generation &&
    status?.updatedReplicas === wanted &&
    status.readyReplicas === wanted &&
    status.availableReplicas === wanted
  )
}

async function setLiveness(
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
