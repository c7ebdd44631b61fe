// The memory of a process that reads a whole cluster.
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Below this, a collection is not worth its 40 ms, bytes. @source measured: docs/check-speed.md; a
 * check of 1,000 Deployments stays below, one of 5,000 pods does not
 */
const worthIt = 72 * 2 ** 20

/**
 * Limits the young generation of the heap, also for threads that start later: with 5,000 pods it
 * grows to 80 MiB. @source measured: docs/check-speed.md
 */
export const spareMemory = (): void => setFlagsFromString('--semi-space-growth-factor=1')

/** Frees unreferenced memory, if there is much, before a thread needs as much again. */
export function giveBackMemory(): void {
  if (getHeapStatistics().used_heap_size < worthIt) return
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  // The last-resort collection also returns the pages, which a new thread could not get otherwise.
  if (typeof collect === 'function')
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
