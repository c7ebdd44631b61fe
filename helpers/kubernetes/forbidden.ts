// What kubectl never does here: delete claims, volumes and namespaces, or forward a port.
import { kubectlWords } from '#src/commands/command-line.ts'
import type {
  CommandContext,
  ForbiddenActKind,
  Judge,
  Program,
} from '#src/model/platform/forbidden.ts'
import { judgeRequest } from './requests.ts'

export const acts = [
  {
    name: 'delete-claim',
    description: 'delete a PersistentVolumeClaim',
    why: 'its volume and all data on it go with it: the reclaim policy of local volumes is Delete',
  },
  {
    name: 'delete-volume',
    description: 'delete a PersistentVolume or a Docker volume',
    why: 'the data on it is lost',
  },
  {
    name: 'delete-namespace',
    description: 'delete a namespace',
    why: 'every claim in it is deleted with it, and with them the data',
  },
  {
    name: 'destroy-cluster',
    description: 'destroy, reset or remove a cluster or a node container',
    why: 'its state and its volumes are lost; a rebuild is the decision of a person with backups',
  },
  {
    name: 'port-forward',
    description: 'forward a port with kubectl',
    why: 'the tunnel ends silently with its pod, and its users see an outage of a healthy service',
  },
] as const satisfies readonly ForbiddenActKind[]

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

const harmfulKinds: Readonly<Record<string, string>> = {
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

function judgeDelete(words: readonly string[]): string | undefined {
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
function judgeKubectl(
  words: readonly string[],
  context: CommandContext,
  judge: Judge,
): string | undefined {
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

/** Words that name the act, wherever flags stand between them. */
const says =
  (act: string): NonNullable<Program['forbids']> =>
  words =>
    words.filter(word => !word.startsWith('-')).includes(act) ? 'destroy-cluster' : undefined

const onlyReads = (words: readonly string[]): boolean =>
  words[0] === 'version' ||
  (words[0] === 'config' && ['view', 'current-context', 'get-contexts'].includes(words[1] ?? ''))

/** kubectl, and the programs that make and destroy clusters. */
export const programs: Readonly<Record<string, Program>> = {
  kubectl: { forbids: judgeKubectl, reads: onlyReads },
  oc: { forbids: judgeKubectl },
  kubeadm: { forbids: says('reset') },
  k3d: { forbids: says('delete') },
  kind: { forbids: says('delete') },
  minikube: { forbids: says('delete') },
}
