// Which acts of kubectl, docker and talosctl are forbidden.
import type { CommandContext, ForbiddenName, Judge } from './acts.ts'
import { judgeRequest } from './requests.ts'
import { kubectlWords, withoutFlags } from '#src/commands/command-line.ts'

/** The word after a flag, or after its `=`. */
function valueOf(words: readonly string[], ...flags: readonly string[]): string | undefined {
  for (const [index, word] of words.entries()) {
    if (flags.includes(word)) return words[index + 1] ?? ''
    const flag = flags.find(candidate => word.startsWith(`${candidate}=`))
    if (flag !== undefined) return word.slice(flag.length + 1)
  }
  return undefined
}

/** A kind as kubectl takes it: alone, in a list, with a name, with version and group. */
function kindsIn(word: string): readonly string[] {
  return word
    .toLowerCase()
    .split(',')
    .map(kind => (kind.split('/')[0] ?? '').split('.')[0] ?? '')
}

const harmfulKinds: Readonly<Record<string, ForbiddenName>> = {
  pvc: 'delete-claim',
  persistentvolumeclaim: 'delete-claim',
  persistentvolumeclaims: 'delete-claim',
  pv: 'delete-volume',
  persistentvolume: 'delete-volume',
  persistentvolumes: 'delete-volume',
  ns: 'delete-namespace',
  namespace: 'delete-namespace',
  namespaces: 'delete-namespace',
}

function judgeDelete(words: readonly string[]): ForbiddenName | undefined {
  const raw = valueOf(words, '--raw')
  if (raw !== undefined) return judgeRequest('DELETE', raw)
  // What a file names cannot be seen from here, and it may name claims.
  if (
    valueOf(words, '-f', '--filename', '-k', '--kustomize') !== undefined ||
    words.some(word => /^-[fk]./.test(word))
  )
    return 'delete-claim'
  const operands = kubectlWords(words)
  // The first operand holds kinds; further ones do only in the form kind/name.
  const kinds = operands.flatMap((word, index) =>
    index === 0 || word.includes('/') ? kindsIn(word) : [],
  )
  return kinds
    .map(kind => (Object.hasOwn(harmfulKinds, kind) ? harmfulKinds[kind] : undefined))
    .find(found => found !== undefined)
}

/** kubectl: deletes of data, port-forwards, and what exec would run. */
export function judgeKubectl(
  words: readonly string[],
  context: CommandContext,
  judge: Judge,
): ForbiddenName | undefined {
  const [verb = '', ...rest] = kubectlWords(words)
  switch (verb) {
    case 'port-forward':
      return 'port-forward'
    case 'delete':
      return judgeDelete(rest)
    case 'replace':
      return rest.includes('--force') ? 'delete-claim' : undefined
    case 'apply':
      return rest.some(word => /^--prune(=true)?$/.test(word)) ? 'delete-claim' : undefined
    case 'exec':
      return rest.includes('--') ? judge(rest.slice(rest.indexOf('--') + 1), context) : undefined
    default:
      return undefined
  }
}

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

/** docker: removing containers or volumes, and executing something in a node. */
export function judgeDocker(
  words: readonly string[],
  context: CommandContext,
  judge: Judge,
): ForbiddenName | undefined {
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

/** talosctl: everything after which a node or a cluster is empty. */
export const judgeTalosctl = (words: readonly string[]): ForbiddenName | undefined => {
  const plain = words.filter(word => !word.startsWith('-'))
  if (plain.includes('cluster') && plain.includes('destroy')) return 'destroy-cluster'
  return plain.includes('reset') || plain.includes('wipe') ? 'destroy-cluster' : undefined
}

const colimaValued = new Set(['-p', '--profile'])
const limaValued = new Set(['--log-level', '--log-format'])

/** colima: deleting the VM, and what runs in it. */
export function judgeColima(
  words: readonly string[],
  context: CommandContext,
  judge: Judge,
): ForbiddenName | undefined {
  const [verb = '', ...rest] = withoutFlags(words, colimaValued)
  if (verb === 'delete') return 'delete-vm'
  return verb === 'ssh' ? judge(withoutFlags(rest, colimaValued), context) : undefined
}

/** limactl: deleting an instance or its disk, and what runs in it. */
export function judgeLima(
  words: readonly string[],
  context: CommandContext,
  judge: Judge,
): ForbiddenName | undefined {
  const [verb = '', ...rest] = withoutFlags(words, limaValued)
  if (['delete', 'remove', 'rm', 'factory-reset'].includes(verb)) return 'delete-vm'
  if (verb === 'disk')
    return ['delete', 'remove', 'rm'].includes(rest[0] ?? '') ? 'delete-vm' : undefined
  if (verb !== 'shell') return undefined
  const [, ...inner] = withoutFlags(rest, new Set(['--shell', '--workdir']))
  return judge(inner[0] === '--' ? inner.slice(1) : inner, context)
}
