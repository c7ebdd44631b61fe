// The memory of a process that reads a whole cluster: what it reads, it keeps, and hands over once.
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Less than this is not worth the 40 ms that it takes to look for it, bytes. @source measured:
 * docs/check-speed.md; a check of 1,000 Deployments stays below, one of 5,000 pods does not
 */
const worthIt = 72 * 2 ** 20

/**
 * From now on the heap keeps little room for what is soon forgotten, in threads that begin later
 * too: with 5,000 pods that room alone is 80 MiB. @source measured: docs/check-speed.md
 */
export const spareMemory = (): void => setFlagsFromString('--semi-space-growth-factor=1')

/**
 * Gives back what nobody refers to any more, where that is much, before a thread takes as much
 * again.
 */
export function giveBackMemory(): void {
  if (getHeapStatistics().used_heap_size < worthIt) return
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  // The last resort also gives the pages back, which a thread that begins could otherwise not have.
  if (typeof collect === 'function')
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
