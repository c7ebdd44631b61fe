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
const ownerOf = ({ metadata: { namespace, labels, ownerReferences } }: KubeObject): string =>
  `${namespace} ${ownerReferences?.[0]?.kind} ${ownerReferences?.[0]?.name} ${JSON.stringify(labels?.['app'] ?? labels?.['k8s-app'] ?? '')}`

/** Everything of the world that a fault could have touched. */
export async function factsOf(lab: Lab): Promise<Record<string, unknown>> {
  const { host, context, runtime } = lab
  const said = async (...argv: readonly string[]): Promise<string> => {
    const exit = await runtime.shell.run(argv, { deadline: 60_000 })
    return exit.kind === 'exited' ? exit.stdout : exit.kind
  }
  const machine = host.machines[0]
  const {
    pids: _pids,
    bootedAt: _bootedAt,
    sshPort: _sshPort,
    forwards,
    conflicts,
    ...vm
  } = host.faultControls.vm()
  const container = (
    await said(
      'docker',
      '-H',
      `unix://${host.home}/.colima/default/docker.sock`,
      'inspect',
      '-f',
      '{{.State.Status}} {{.HostConfig.RestartPolicy.Name}} {{.HostConfig.Memory}} {{json .NetworkSettings.Ports}}',
      nodeName,
    )
  ).trim()
  return {
    ...Object.fromEntries(
      wanted.flatMap(kind =>
        context.store
          .list(kind)
          .map(object => [
            `${kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`,
            still(object),
          ]),
      ),
    ),
    pods: context.store.list('Pod').map(ownerOf).toSorted(),
    vm,
    forwards: [...forwards].toSorted((a, b) => a - b),
    conflicts: [...conflicts],
    container,
    machine: machine?.state,
    'files of the node': Object.fromEntries(machine?.files ?? []),
    modules: [...(machine?.kernel.modules ?? [])].toSorted(),
    sysctls: Object.fromEntries(machine?.kernel.sysctls ?? []),
    'frozen processes': [...(machine?.processes.values() ?? [])]
      .filter(({ frozen }) => frozen)
      .map(({ comm }) => comm),
    'processes of the node': [...(machine?.processes.values() ?? [])]
      .map(({ comm }) => comm)
      .toSorted(),
    'port-forwards': (await said('ps', '-axww', '-o', 'args='))
      .split('\n')
      .filter(line => line.includes('port-forward')),
    ...Object.fromEntries(
      await Promise.all(
        ['~/.kube/config', '~/.talos/config'].map(
          async path => [path, await runtime.files.read(path)] as const,
        ),
      ),
    ),
  }
}

/** Names of the facts that differ. */
export const differences = (
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter(name => !isDeepStrictEqual(before[name], after[name]))
    .toSorted()
