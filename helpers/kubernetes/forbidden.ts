// What kubectl never does here: delete claims, volumes and namespaces, or forward a port.
import type { CommandContext, ForbiddenName, Judge } from '#helpers/forbidden/acts.ts'
import { judgeRequest } from '#helpers/forbidden/requests.ts'
import { kubectlWords } from '#src/commands/command-line.ts'

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
