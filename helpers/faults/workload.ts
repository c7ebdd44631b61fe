// Faults on workloads: pods deleted, a NodePort reset, a process frozen, a liveness probe given for the time of a drill.
import { openKube, resources, type Kube } from '../adapters/kube.ts'
import { vm } from '../adapters/vm-ssh.ts'
import { selects } from '../probes/workloads.ts'
import { fault, type Hands, type Json, type Probe, type Service, type WorkloadObject } from '../words/index.ts'

/** ms for one request or command. */
const patience = 20_000
const tools = ({ reach, signal }: Hands) => ({ reach, signal, deadline: patience })
const api = (hands: Hands): Promise<Kube> => openKube(tools(hands), hands.policy.identity)
const remote = (hands: Hands) => vm(tools(hands), hands.policy.host?.profile ?? 'default')

const workloads = { Deployment: resources.deployments, StatefulSet: resources.statefulsets, DaemonSet: resources.daemonsets } as const
type WorkloadRef = { readonly kind: keyof typeof workloads; readonly namespace: string; readonly name: string }

/** Deletes all pods of a workload; its controller makes new ones. */
export const deletePods = fault<WorkloadRef & { readonly force: boolean }, { namespace: string; pods: { name: string; uid: string }[]; force: boolean }>({
  name: 'workload.delete-pods',
  says: ({ namespace, kind, name, force }) => `delete the pods of ${kind} ${namespace}/${name}${force ? ' by force' : ''}`,
  blast: 'workload',
  needs: ['kubernetes'],
  async prepare({ kind, namespace, name, force }, hands) {
    const kube = await api(hands)
    const workload = await kube.get<WorkloadObject>(workloads[kind], name, namespace)
    if (workload === undefined) throw new Error(`there is no ${kind} ${namespace}/${name}`)
    const found = (await kube.list(resources.pods, { namespace })).filter(pod => selects(workload, pod))
    if (found.length === 0) throw new Error(`${kind} ${namespace}/${name} has no pod to delete`)
    return { namespace, force, pods: found.map(({ metadata }) => ({ name: metadata.name, uid: metadata.uid ?? '' })) }
  },
  async inject({ namespace, pods, force }, hands) {
    const kube = await api(hands)
    for (const { name, uid } of pods) await kube.remove(resources.pods, name, namespace, { uid, ...(force ? { gracePeriodSeconds: 0 } : {}) })
  },
  // Nothing to put back: the controllers do, and whether they do is what the drill measures.
  async undo() {},
  byHand: ({ namespace }) => `kubectl get pods -n ${namespace}: their controllers replace them`,
})

const nodePortAt = (service: Service | undefined, index: number): number | undefined => service?.spec.ports?.[index]?.nodePort

/** Gives a Service's first port another NodePort, as a Helm upgrade does. */
export const resetNodePort = fault<{ namespace: string; service: string; nodePort: number }, { namespace: string; service: string; nodePort: number; before: number | null }>({
  name: 'workload.reset-nodeport',
  says: ({ namespace, service, nodePort }) => `set the NodePort of ${namespace}/${service} to ${nodePort}`,
  blast: 'workload',
  needs: ['kubernetes'],
  async prepare({ namespace, service, nodePort }, hands) {
    const found = await (await api(hands)).get(resources.services, service, namespace)
    if (found === undefined) throw new Error(`there is no Service ${namespace}/${service}`)
    return { namespace, service, nodePort, before: nodePortAt(found, 0) ?? null }
  },
  async inject({ namespace, service, nodePort }, hands) {
    await (await api(hands)).patch(resources.services, service, namespace, 'json', [{ op: 'add', path: '/spec/ports/0/nodePort', value: nodePort }])
  },
  async undo({ namespace, service, nodePort, before }, hands) {
    const kube = await api(hands)
    // Somebody may have put it right meanwhile: only our own number is taken back.
    if (before === null || nodePortAt(await kube.get(resources.services, service, namespace), 0) !== nodePort) return
    await kube.patch(resources.services, service, namespace, 'json', [{ op: 'add', path: '/spec/ports/0/nodePort', value: before }])
  },
  byHand: ({ namespace, service, before }) => `kubectl patch svc ${service} -n ${namespace} --type=json -p '[{"op":"add","path":"/spec/ports/0/nodePort","value":${before}}]'`,
})

/** The one process of a program in the VM, as `<pid> <start time>`; a pid alone may be somebody else's tomorrow. */
async function processOf(hands: Hands, program: string): Promise<{ pid: number }> {
  const pids = (await remote(hands).run(['pgrep', '-x', program], { mux: true })).split('\n').filter(Boolean).map(Number)
  const [pid, ...others] = pids
  if (pid === undefined || others.length > 0) throw new Error(`${pids.length} processes are called ${program}: exactly one is needed`)
  return { pid }
}

/** Freezes the process of an application: it keeps its connections and answers nothing, as a hang does. */
export const freeze = fault<{ program: string }, { program: string; pid: number }>({
  name: 'workload.freeze',
  says: ({ program }) => `freeze ${program} (SIGSTOP): it accepts and does not answer`,
  blast: 'workload',
  needs: ['vm-ssh'],
  prepare: async ({ program }, hands) => ({ program, ...(await processOf(hands, program)) }),
  inject: async ({ pid }, hands) => void (await remote(hands).run(['sudo', 'kill', '-STOP', String(pid)], { mux: true })),
  async undo({ program, pid }, hands) {
    const now = (await remote(hands).run(['pgrep', '-x', program], { mux: true }).catch(() => '')).split('\n')
    if (now.includes(String(pid))) await remote(hands).run(['sudo', 'kill', '-CONT', String(pid)], { mux: true })
  },
  byHand: ({ pid }) => `ssh into the VM: sudo kill -CONT ${pid}`,
})

type ProbeRecord = { readonly namespace: string; readonly name: string; readonly container: string; readonly probe: Json; readonly before: Json }

/** Gives a container of a StatefulSet a liveness probe until the drill is over; its pod restarts for it. */
export const giveLiveness = fault<{ namespace: string; name: string; container: string; probe: Json }, ProbeRecord>({
  name: 'workload.give-liveness',
  says: ({ namespace, name }) => `give ${namespace}/${name} a liveness probe`,
  blast: 'workload',
  needs: ['kubernetes'],
  async prepare({ namespace, name, container, probe }, hands) {
    const found = await (await api(hands)).get(resources.statefulsets, name, namespace)
    if (found === undefined) throw new Error(`there is no StatefulSet ${namespace}/${name}`)
    const before: Probe | undefined = found.spec.template.spec.containers.find(candidate => candidate.name === container)?.livenessProbe
    return { namespace, name, container, probe, before: JSON.parse(JSON.stringify(before ?? null)) as Json }
  },
  inject: (record, hands) => setLiveness(record, record.probe, hands),
  undo: (record, hands) => setLiveness(record, record.before, hands),
  byHand: ({ namespace, name }) => `kubectl apply the manifest of ${namespace}/${name} again`,
})

/** How long a StatefulSet may take to roll out, ms, and how often it is looked at: Typesense stops for up to 60 s and loads for minutes. */
const rollOut = 400_000
const rollOutEvery = 2_000

const rolledOut = ({ metadata, spec, status }: WorkloadObject): boolean => {
  const wanted = spec.replicas ?? 1
  return status?.observedGeneration === metadata.generation && status?.updatedReplicas === wanted && status.readyReplicas === wanted && status.availableReplicas === wanted
}

async function setLiveness({ namespace, name, container }: ProbeRecord, probe: Json, hands: Hands): Promise<void> {
  const kube = await api(hands)
  const { clock } = hands.reach
  await kube.patch(resources.statefulsets, name, namespace, 'strategic', {
    spec: { template: { spec: { containers: [{ name: container, livenessProbe: probe }] } } },
  })
  for (const until = clock.now() + rollOut; ; await clock.sleep(rollOutEvery, hands.signal)) {
    const found = await kube.get(resources.statefulsets, name, namespace)
    if (found !== undefined && rolledOut(found)) return
    if (clock.now() > until) throw new Error(`StatefulSet ${namespace}/${name} did not roll out within ${rollOut / 1000} s`)
  }
}
