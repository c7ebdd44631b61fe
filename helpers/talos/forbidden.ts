// What is never done to Talos: emptying a node, destroying a cluster, executing in a node.
import type { ForbiddenActKind, Program } from '#src/model/platform/forbidden.ts'

export const acts = [
  {
    name: 'exec-into-talos',
    description: 'execute a command in a Talos node container',
    why: 'Talos has no shell; use its API, or the kernel of the VM',
  },
] as const satisfies readonly ForbiddenActKind[]

/** talosctl: everything after which a node or a cluster is empty. */
const judgeTalosctl = (words: readonly string[]): string | undefined => {
  const plain = words.filter(word => !word.startsWith('-'))
  if (plain.includes('cluster') && plain.includes('destroy')) return 'destroy-cluster'
  return plain.includes('reset') || plain.includes('wipe') ? 'destroy-cluster' : undefined
}

export const programs: Readonly<Record<string, Program>> = {
  talosctl: {
    forbids: judgeTalosctl,
    reads: words => words[0] === 'version' || words.join(' ').includes('config info'),
  },
}
