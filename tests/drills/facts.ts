// The whole of a lab as plain facts, for comparing it before and after: without versions, times and
// what controllers write of their own.
import { isDeepStrictEqual } from 'node:util'
import type { KubeObject } from '#src/model/index.ts'
import type { Lab } from '#lab/lab.ts'
import { nodeName } from './stage.ts'

/** Kinds of which the spec is what somebody wants; the rest follows from them. */
const wanted = [
  'Node',
  'Namespace',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Service',
  'ConfigMap',
  'Secret',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'StorageClass',
] as const

/** An object without what changes by itself. */
function still(object: KubeObject): unknown {
  const {
    status: _status,
    metadata: {
      resourceVersion: _version,
      generation: _generation,
      managedFields: _fields,
      annotations = {},
      ...metadata
    },
    ...rest
  } = structuredClone(object) as KubeObject & {
    status?: unknown
    metadata: { managedFields?: unknown }
  }
  // Its controller counts revisions, those that were taken back included.
  const { 'deployment.kubernetes.io/revision': _revision, ...own } = annotations
  return { ...rest, metadata: { ...metadata, annotations: own } }
}

/** Pods by what made them: their names are drawn anew. */
function ownerOf({ metadata: { namespace, labels, ownerReferences } }: KubeObject): string {
  const [owner] = ownerReferences ?? []
  const app = JSON.stringify(labels?.['app'] ?? labels?.['k8s-app'] ?? '')
  return `${namespace} ${owner?.kind} ${owner?.name} ${app}`
}

type Facts = Record<string, unknown>

/** What a command prints, or how it ends instead. */
async function printed({ runtime }: Lab, ...argv: readonly string[]): Promise<string> {
  const exit = await runtime.shell.run(argv, { deadline: 60_000 })
  return exit.kind === 'exited' ? exit.stdout : exit.kind
}

/** Objects of the API. */
const objectFacts = ({ context: { store } }: Lab): Facts => ({
  ...Object.fromEntries(
    wanted.flatMap(kind =>
      store
        .list(kind)
        .map(object => [
          `${kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`,
          still(object),
        ]),
    ),
  ),
  pods: store.list('Pod').map(ownerOf).toSorted(),
})

/** The node: its files, kernel and processes. */
function machineFacts({ host }: Lab): Facts {
  const machine = host.machines[0]
  const processes = [...(machine?.processes.values() ?? [])]
  return {
    machine: machine?.state,
    'files of the node': Object.fromEntries(machine?.files ?? []),
    modules: [...(machine?.kernel.modules ?? [])].toSorted(),
    sysctls: Object.fromEntries(machine?.kernel.sysctls ?? []),
    'frozen processes': processes.filter(({ frozen }) => frozen).map(({ comm }) => comm),
    'processes of the node': processes.map(({ comm }) => comm).toSorted(),
  }
}

/** The VM and its port forwards, without what differs after each boot. */
function vmFacts({ host }: Lab): Facts {
  const {
    pids: _pids,
    bootedAt: _bootedAt,
    sshPort: _sshPort,
    forwards,
    conflicts,
    ...vm
  } = host.faultControls.vm()
  return { vm, forwards: [...forwards].toSorted((a, b) => a - b), conflicts: [...conflicts] }
}

/** The host: its containers, its port-forwards and the files that drills may change. */
async function hostFacts(lab: Lab): Promise<Facts> {
  const { host, runtime } = lab
  const socket = `unix://${host.home}/.colima/default/docker.sock`
  const format =
    '{{.State.Status}} {{.HostConfig.RestartPolicy.Name}} {{.HostConfig.Memory}} ' +
    '{{json .NetworkSettings.Ports}}'
  const container = await printed(lab, 'docker', '-H', socket, 'inspect', '-f', format, nodeName)
  const commands = await printed(lab, 'ps', '-axww', '-o', 'args=')
  const paths = ['~/.kube/config', '~/.talos/config']
  return {
    container: container.trim(),
    'port-forwards': commands.split('\n').filter(line => line.includes('port-forward')),
    ...Object.fromEntries(
      await Promise.all(paths.map(async path => [path, await runtime.files.read(path)] as const)),
    ),
  }
}

/** Everything that a fault could have touched. */
export const factsOf = async (lab: Lab): Promise<Facts> => ({
  ...objectFacts(lab),
  ...vmFacts(lab),
  ...machineFacts(lab),
  ...(await hostFacts(lab)),
})

/** Names of the facts that differ. */
export const differences = (
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter(name => !isDeepStrictEqual(before[name], after[name]))
    .toSorted()
