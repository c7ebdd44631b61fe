// What talosctl never does here: empty a node or destroy a cluster.
import type { ForbiddenName } from '#helpers/forbidden/acts.ts'

/** talosctl: everything after which a node or a cluster is empty. */
export const judgeTalosctl = (words: readonly string[]): ForbiddenName | undefined => {
  const plain = words.filter(word => !word.startsWith('-'))
  if (plain.includes('cluster') && plain.includes('destroy')) return 'destroy-cluster'
  return plain.includes('reset') || plain.includes('wipe') ? 'destroy-cluster' : undefined
}
