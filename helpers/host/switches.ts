// Where a fault's dead-man's switch waits: in the VM, in the node, in the cluster, or on this host where nothing nearer can.
import type { FaultPermissions, Hands, Json, Permission, Policy, Switch } from '#src/model/index.ts'
import { inCluster, switchPermissions } from '#helpers/kubernetes/cluster-switch.ts'
import { inNode, inVm, onHost, switchName } from './later.ts'
import { wayIntoNodes } from '#helpers/docker/node-shell.ts'

/** ms for one command that sets or removes one. */
const patience = 60_000
const tools = ({ reach, signal }: Hands) => ({ reach, signal, deadline: patience })

/** By systemd in the VM. */
export const byVm = (fault: string, record: Json, hands: Hands, words: readonly string[]): Switch =>
  inVm(tools(hands), hands.policy.host?.profile ?? 'default', switchName(fault, record), words)

/** On this host: it outlives this process, not this machine. */
export const byHost = (
  fault: string,
  record: Json,
  hands: Hands,
  words: readonly string[],
): Switch => onHost(tools(hands), switchName(fault, record), words)

/** A docker command: from the VM that carries Docker, or from this host where Docker is its own. */
export function byDocker(
  fault: string,
  record: Json,
  hands: Hands,
  words: readonly string[],
): Switch {
  if (wayIntoNodes(hands).profile !== undefined)
    return byVm(fault, record, hands, ['docker', ...words])
  const { socket } = wayIntoNodes(hands)
  return byHost(fault, record, hands, [
    'docker',
    ...(socket === undefined ? [] : ['--host', `unix://${socket}`]),
    ...words,
  ])
}

/** kubectl in a Job of the cluster, where the policy has images for one; else on this host. */
export function byKubectl(
  fault: string,
  record: Json,
  hands: Hands,
  words: readonly string[],
): Switch {
  const { policy, reach } = hands
  const job = inCluster(tools(hands), policy, switchName(fault, record), words)
  if (typeof job !== 'string') return job
  const {
    kubeconfig,
    contexts: [context],
  } = policy.identity
  return byHost(fault, record, hands, [
    'kubectl',
    '--kubeconfig',
    kubeconfig.replace(/^~(?=\/)/, reach.home),
    ...(context === undefined ? [] : ['--context', context]),
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
  hands: Hands,
  container: string,
  pids: readonly number[],
): Switch => {
  const way = wayIntoNodes(hands)
  // The shell's own kill: not all nodes have a program of that name.
  return way.profile === undefined
    ? inNode(tools(hands), way, container, switchName(fault, record), [
        'sh',
        '-c',
        `kill -CONT ${pids.join(' ')}`,
      ])
    : byVm(fault, record, hands, ['kill', '-CONT', ...pids.map(String)])
}

/** A line of shell that runs where the node's files are; `at` turns a path of the node into one of that place. */
export function byShellIn(
  fault: string,
  record: Json,
  hands: Hands,
  container: string,
  line: (at: (path: string) => string) => string,
): Switch | string {
  const way = wayIntoNodes(hands)
  if (way.profile === undefined)
    return inNode(tools(hands), way, container, switchName(fault, record), [
      'sh',
      '-c',
      line(path => path),
    ])
  return 'the first process of the node, below which the VM sees its files, is another one after its next start: its flannel, restarted, writes the file anew'
}
