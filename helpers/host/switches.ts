// Where a fault's dead-man's switch waits: in the VM, in the node, in the cluster, or on this host
// where nothing nearer can.
import type {
  FaultPermissions,
  FaultContext,
  Json,
  Permission,
  Policy,
  Switch,
} from '#src/model/index.ts'
import { inCluster, switchPermissions } from '#helpers/kubernetes/cluster-switch.ts'
import { inNode, inVm, onHost, switchName } from './later.ts'
import { nodeAccess } from '#helpers/docker/node-shell.ts'

/** ms for one command that sets or removes one. */
const patience = 60_000
const call = ({ runtime, signal }: FaultContext) => ({ runtime, signal, deadline: patience })

/** By systemd in the VM. */
export const byVm = (
  fault: string,
  record: Json,
  context: FaultContext,
  words: readonly string[],
): Switch =>
  inVm(call(context), context.policy.host?.profile ?? 'default', switchName(fault, record), words)

/** On this host: it outlives this process, not this machine. */
export const byHost = (
  fault: string,
  record: Json,
  context: FaultContext,
  words: readonly string[],
): Switch => onHost(call(context), switchName(fault, record), words)

/** A docker command: from the VM that carries Docker, or from this host where Docker is its own. */
export function byDocker(
  fault: string,
  record: Json,
  context: FaultContext,
  words: readonly string[],
): Switch {
  if (nodeAccess(context).profile !== undefined)
    return byVm(fault, record, context, ['docker', ...words])
  const { socket } = nodeAccess(context)
  return byHost(fault, record, context, [
    'docker',
    ...(socket === undefined ? [] : ['--host', `unix://${socket}`]),
    ...words,
  ])
}

/** kubectl in a Job of the cluster, where the policy has images for one; else on this host. */
export function byKubectl(
  fault: string,
  record: Json,
  context: FaultContext,
  words: readonly string[],
): Switch {
  const { policy, runtime } = context
  const job = inCluster(call(context), policy, switchName(fault, record), words)
  if (typeof job !== 'string') return job
  const {
    kubeconfig,
    contexts: [kubeContext],
  } = policy.identity
  return byHost(fault, record, context, [
    'kubectl',
    '--kubeconfig',
    kubeconfig.replace(/^~(?=\/)/, runtime.home),
    ...(kubeContext === undefined ? [] : ['--context', kubeContext]),
    ...words,
  ])
}

/** What a fault needs that is a patch of one object, with its switch by kubectl. */
export function patchWithSwitch(patch: readonly Permission[], policy: Policy): FaultPermissions {
  const forSwitch = switchPermissions(policy)
  return {
    inject: [...patch, ...forSwitch],
    undo: [...patch, ...forSwitch.filter(({ verb }) => verb === 'delete')],
  }
}

/** SIGCONT for processes of a node. */
export const bySignal = (
  fault: string,
  record: Json,
  context: FaultContext,
  container: string,
  pids: readonly number[],
): Switch => {
  const way = nodeAccess(context)
  // The shell's own kill: not all nodes have a program of that name.
  return way.profile === undefined
    ? inNode(call(context), way, container, switchName(fault, record), [
        'sh',
        '-c',
        `kill -CONT ${pids.join(' ')}`,
      ])
    : byVm(fault, record, context, ['kill', '-CONT', ...pids.map(String)])
}

/**
 * A line of shell that runs where the node's files are; `at` turns a path of the node into one of
 * that place.
 */
export function byShellIn(
  fault: string,
  record: Json,
  context: FaultContext,
  container: string,
  line: (at: (path: string) => string) => string,
): Switch | string {
  const way = nodeAccess(context)
  if (way.profile === undefined)
    return inNode(call(context), way, container, switchName(fault, record), [
      'sh',
      '-c',
      line(path => path),
    ])
  return 'the first process of the node, below which the VM sees its files, is another one after its next start: its flannel, restarted, writes the file anew'
}
