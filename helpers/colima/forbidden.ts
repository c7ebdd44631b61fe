// What colima and limactl never do here: delete the VM or its disk.
import { withoutFlags } from '#src/commands/command-line.ts'
import type { CommandContext, ForbiddenName, Judge } from '#helpers/forbidden/acts.ts'

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
