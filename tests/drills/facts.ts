// The state of a lab as plain facts, to compare it before and after a fault. It leaves out
// versions, times and what controllers write by themselves.
import { isDeepStrictEqual } from 'node:util'
import type { KubeObject } from '#src/model/index.ts'
import type { Lab } from '#lab/lab.ts'
import { nodeName } from './stage.ts'

/** Kinds whose spec is the desired state; controllers derive everything else from it. */
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

/** An object without the members that change by themselves. */
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
  // The Deployment controller counts every rollout here, rollbacks included.
  const { 'deployment.kubernetes.io/revision': _revision, ...own } = annotations
  return { ...rest, metadata: { ...metadata, annotations: own } }
}

/** Identifies a pod by its owner and its app: replacements get new random names. */
function ownerOf({ metadata: { namespace, labels, ownerReferences } }: KubeObject): string {
  const [owner] = ownerReferences ?? []
  const app = JSON.stringify(labels?.['app'] ?? labels?.['k8s-app'] ?? '')
  return `${namespace} ${owner?.kind} ${owner?.name} ${app}`
}

type Facts = Record<string, unknown>

/** The output of a command, or how it ended if it did not exit. */
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

/** The VM and its port forwards, without what changes with each boot. */
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

/** All facts that a fault may change. */
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
