// The node as plain facts, read without holdfast: by kubectl, by a shell in the node, and by
// Docker. Omits versions, times and counters of controllers.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { setTimeout as pause } from 'node:timers/promises'
import { differences } from '#tests/drills/facts.ts'
import { place } from './processes.ts'

const execute = promisify(execFile)

/** Runs a command on this host. Rejects unless it exits 0. */
export const said = async (program: string, ...args: readonly string[]): Promise<string> =>
  (await execute(program, [...args], { maxBuffer: 64 * 2 ** 20 })).stdout

const inNode = (...words: readonly string[]): Promise<string> =>
  said('docker', 'exec', place.node, ...words)
/** @source k3s, where it writes its own kubeconfig */
export const kubectl = (...words: readonly string[]): Promise<string> =>
  inNode('kubectl', '--kubeconfig', '/etc/rancher/k3s/k3s.yaml', ...words)

interface Stored {
  kind: string
  metadata: {
    name: string
    namespace?: string
    annotations?: Record<string, string>
    labels?: Record<string, string>
    ownerReferences?: readonly { kind: string; name: string }[]
    deletionTimestamp?: string
    [member: string]: unknown
  }
  status?: { conditions?: readonly { type: string; status: string }[]; phase?: string }
  spec?: { nodeName?: string; [member: string]: unknown }
  [member: string]: unknown
}

/** The kinds whose spec is the desired state. Everything else follows from it. */
const kinds =
  'nodes,namespaces,deployments,statefulsets,daemonsets,services,configmaps,secrets,' +
  'persistentvolumes,persistentvolumeclaims,storageclasses,pods'

/** Fields that change without a fault, or with each reverted change. */
const restless = ['resourceVersion', 'generation', 'managedFields', 'creationTimestamp', 'selfLink']
const counted = ['deployment.kubernetes.io/revision']

function still({ status: _status, ...object }: Stored): unknown {
  const { annotations = {}, ...metadata } = object.metadata
  return {
    ...object,
    metadata: {
      ...Object.fromEntries(Object.entries(metadata).filter(([name]) => !restless.includes(name))),
      annotations: Object.fromEntries(
        Object.entries(annotations).filter(([name]) => !counted.includes(name)),
      ),
    },
  }
}

const nameOf = ({ kind, metadata: { namespace = '', name } }: Stored): string =>
  `${kind} ${namespace}/${name}`
/** Pods by their owners, because a new pod has a new random name. */
const ownerOf = ({ metadata: { namespace, ownerReferences } }: Stored): string =>
  `${namespace} ${ownerReferences?.[0]?.kind} ${ownerReferences?.[0]?.name}`
const isReady = ({ status, metadata }: Stored): boolean =>
  metadata.deletionTimestamp === undefined &&
  status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true

const ours = ({ kind, metadata: { name, namespace } }: Stored): boolean =>
  (kind === 'Namespace' && name === 'holdfast') || namespace === 'holdfast'

const listed = async (): Promise<readonly Stored[]> =>
  (JSON.parse(await kubectl('get', kinds, '-A', '-o', 'json')) as { items: readonly Stored[] })
    .items

/** Files that faults change or move aside, dead-man's switches that wait, and stopped processes. */
const inside =
  'for f in /run/flannel/* /tmp/holdfast-*; do [ -f "$f" ] && echo "$f" && cat "$f"; done; ' +
  'for p in /proc/[0-9]*; do read -r s < "$p/stat" 2>/dev/null && case "${s##*)}" in " T"*) ' +
  'echo "stopped: ${s%%)*}" | cut -d"(" -f2;; esac; done; true'

/**
 * Everything of the node that a drill could have changed. Rejects while its API does not answer.
 */
export async function facts(): Promise<Record<string, unknown>> {
  const objects = (await listed()).filter(object => !ours(object))
  const pods = objects.filter(({ kind }) => kind === 'Pod')
  const container = await said(
    'docker',
    'inspect',
    '-f',
    '{{.State.Status}} {{.State.Paused}} {{.HostConfig.RestartPolicy.Name}} {{.HostConfig.Memory}}',
    place.node,
  )
  return {
    ...Object.fromEntries(
      objects.filter(({ kind }) => kind !== 'Pod').map(object => [nameOf(object), still(object)]),
    ),
    pods: pods
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(ownerOf)
      .toSorted(),
    'pods that are not ready': pods
      .filter(pod => !isReady(pod))
      .map(ownerOf)
      .toSorted(),
    container: container.trim(),
    'inside the node': await inNode('sh', '-c', inside),
    'keys in redis': await kubectl(
      'exec',
      '-n',
      'sandbox',
      'redis-0',
      '--',
      'redis-cli',
      'keys',
      '*',
    ).catch(() => 'it does not answer'),
  }
}

/** Journals in the cluster. */
export const openInCluster = async (): Promise<readonly string[]> =>
  (await listed())
    .filter(
      object =>
        ours(object) && object.kind === 'ConfigMap' && object.metadata.name.startsWith('journal-'),
    )
    .map(nameOf)

/**
 * How long deleted pods and a frozen node take to recover, ms. @source measured on a v1.35 node:
 * 2.5 s for a pod, 20 s for a node
 */
const patience = 180_000

/** The differences from before, after time to settle. */
export async function differsFrom(before: Record<string, unknown>): Promise<readonly string[]> {
  for (const since = Date.now(); ; await pause(500)) {
    const now = await facts().catch((error: unknown) => ({ 'it cannot be read': String(error) }))
    const found = differences(before, now)
    if (found.length === 0 || Date.now() - since > patience)
      return found.map(name => `${name}: ${JSON.stringify(Reflect.get(now, name))?.slice(0, 300)}`)
  }
}
