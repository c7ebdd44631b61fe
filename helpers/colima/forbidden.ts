// What holdfast never does to Colima: delete the VM or its disk, or end its ssh master.
import { withoutFlags } from '#src/commands/command-line.ts'
import type {
  CommandContext,
  ForbiddenActKind,
  Judge,
  Program,
} from '#src/model/platform/forbidden.ts'

export const acts = [
  {
    name: 'delete-vm',
    description: 'delete the VM or its files',
    why: 'all volumes of the cluster are on its disk',
  },
  {
    name: 'kill-ssh-mux',
    description: 'end the ssh master of Colima or remove its socket',
    why:
      'forwarded ports and the Docker socket go through it, and the socket is not forwarded ' +
      'again before the VM restarts',
  },
] as const satisfies readonly ForbiddenActKind[]

const colimaValued = new Set(['-p', '--profile'])
const limaValued = new Set(['--log-level', '--log-format'])

/** colima: deleting the VM and everything that runs in it. */
function judgeColima(
  words: readonly string[],
  context: CommandContext,
  judge: Judge,
): string | undefined {
  const [verb = '', ...rest] = withoutFlags(words, colimaValued)
  if (verb === 'delete') return 'delete-vm'
  return verb === 'ssh' ? judge(withoutFlags(rest, colimaValued), context) : undefined
}

/** limactl: deleting an instance or its disk, and everything that runs in it. */
function judgeLima(
  words: readonly string[],
  context: CommandContext,
  judge: Judge,
): string | undefined {
  const [verb = '', ...rest] = withoutFlags(words, limaValued)
  if (['delete', 'remove', 'rm', 'factory-reset'].includes(verb)) return 'delete-vm'
  if (verb === 'disk')
    return ['delete', 'remove', 'rm'].includes(rest[0] ?? '') ? 'delete-vm' : undefined
  if (verb !== 'shell') return undefined
  const [, ...inner] = withoutFlags(rest, new Set(['--shell', '--workdir']))
  return judge(inner[0] === '--' ? inner.slice(1) : inner, context)
}

/** Folders and files whose removal destroys the VM. */
const ofTheVm = [
  /(^|\/)(\.colima|\.lima|_lima|_disks)\/?(\*)?$/,
  /(^|\/)\.colima\/[^/]+\/?$/,
  /(^|\/)(_lima|_disks)\/[^/]+\/?(\*|diffdisk|basedisk|datadisk|disk)?$/,
]

/** Removing files of the VM, or the socket of its ssh master. */
export function judgeRemoval(paths: readonly string[]): string | undefined {
  if (
    paths.some(
      path =>
        path.split('/').at(-1) === 'ssh.sock' || /(^|\/)_lima\/(?!_networks)[^/]+\/.*\*/.test(path),
    )
  )
    return 'kill-ssh-mux'
  const isSetting = (path: string): boolean =>
    /\.(sock|yaml|config)$/.test(path) || path.endsWith('/ssh_config')
  const isOfTheVm = (path: string): boolean => ofTheVm.some(pattern => pattern.test(path))
  return paths.some(path => isOfTheVm(path) && !isSetting(path)) ? 'delete-vm' : undefined
}

/** colima and the programs of Lima, which it uses. */
export const programs: Readonly<Record<string, Program>> = {
  colima: {
    forbids: judgeColima,
    reads: words =>
      ['status', 'list', 'version'].includes(withoutFlags(words, colimaValued)[0] ?? ''),
  },
  limactl: { forbids: judgeLima },
  lima: { forbids: (words, context, judge) => judge(words, context) },
}
