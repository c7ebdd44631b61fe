// Dead-man's switches of Docker: in the VM that carries it, in the node, or on this host.
import type { Json, FaultContext, Switch } from '#src/model/fault.ts'
import { byVm } from '#helpers/colima/switches.ts'
import { switchName } from '#helpers/host/later.ts'
import { byHost, call } from '#helpers/host/switches.ts'
import { inNode } from './later.ts'
import { nodeAccess } from './node-shell.ts'

/** A docker command: from the VM that carries Docker, or from this host if Docker runs here. */
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
/** SIGCONT for processes of a node. */
export const bySignal = (
  fault: string,
  record: Json,
  context: FaultContext,
  container: string,
  pids: readonly number[],
): Switch => {
  const way = nodeAccess(context)
  // The shell's own kill: not every node has a program of that name.
  return way.profile === undefined
    ? inNode(call(context), way, container, switchName(fault, record), [
        'sh',
        '-c',
        `kill -CONT ${pids.join(' ')}`,
      ])
    : byVm(fault, record, context, ['kill', '-CONT', ...pids.map(String)])
}
/**
 * A line of shell that runs where the node's files are. `at` translates a path of the node to that
 * place.
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
  return (
    'the first process of the node, below which the VM sees its files, ' +
    'is another one after its next start: its flannel, restarted, writes the file anew'
  )
}
