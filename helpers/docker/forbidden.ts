// What holdfast never does with docker: remove containers or volumes, or execute a command in a
// Talos node.
import { withoutFlags } from '#src/commands/command-line.ts'
import type { CommandContext, Judge, Program } from '#src/model/platform/forbidden.ts'

/**
 * Flags of docker before the command, and of exec, that take a value. @source docker CLI reference
 */
const dockerValued = new Set([
  '-H',
  '--host',
  '-c',
  '--context',
  '-l',
  '--log-level',
  '--config',
  '--tlscacert',
  '--tlscert',
  '--tlskey',
])
const execValued = new Set([
  '-e',
  '--env',
  '--env-file',
  '-u',
  '--user',
  '-w',
  '--workdir',
  '--detach-keys',
])

/** docker: removing containers or volumes, and executing a command in a node. */
function judgeDocker(
  words: readonly string[],
  context: CommandContext,
  judge: Judge,
): string | undefined {
  const command = withoutFlags(words, dockerValued)
  const [verb = '', ...rest] = command[0] === 'container' ? command.slice(1) : command
  switch (verb) {
    case 'exec': {
      const [container = '', ...inner] = withoutFlags(rest, execValued)
      if (context.noExec === 'all' || context.noExec.includes(container)) return 'exec-into-talos'
      return judge(inner, context)
    }
    case 'rm':
    case 'remove':
    case 'prune':
      return 'destroy-cluster'
    case 'system':
      return rest[0] === 'prune' ? 'destroy-cluster' : undefined
    case 'volume':
      return ['rm', 'remove', 'prune'].includes(rest[0] ?? '') ? 'delete-volume' : undefined
    case 'compose':
      return rest.includes('down') || rest.includes('rm') ? 'destroy-cluster' : undefined
    default:
      return undefined
  }
}

const beforeCommand = new Set(['--host', '-H', '--context'])

/** Commands of docker that only read. */
const onlyReads: NonNullable<Program['reads']> = (words, reads) => {
  const [verb = '', ...rest] = withoutFlags(words, beforeCommand)
  if (['info', 'inspect', 'ps', 'version', 'images'].includes(verb)) return true
  return verb === 'exec' && reads(withoutFlags(rest, new Set()).slice(1))
}

export const programs: Readonly<Record<string, Program>> = {
  docker: { forbids: judgeDocker, reads: onlyReads },
  podman: { forbids: judgeDocker },
}
