// What drills have left in a world, as far as this machine's journals and their copies in the
// cluster know.
import {
  JournalError,
  errorMessage,
  type JournalOf,
  type Policy,
  type Runtime,
} from '#src/model/index.ts'
import { copies, forgetOldMarks, removeCopy } from '#src/engine/cluster-state/mirror.ts'
import { type FoundCopy } from '#src/engine/cluster-state/copy-form.ts'
import { journalAt } from '#src/engine/journal/file.ts'
import { type Found } from '#src/engine/journal/unfinished.ts'
import { machineOf } from '#src/targets/live/machine.ts'
import { journalsOf, ownKube, stateFolder, type PendingJournal } from '#src/runs/process/state.ts'

export interface PendingJournals {
  left: readonly PendingJournal[]
  /** What is worth a word: a torn line, a cluster that could not be asked. */
  notes: readonly string[]
  /** The cluster could be asked for what other machines have left; where not, nobody knows. */
  asked: boolean
  /**
   * There are leftovers of what is undone already: words for other machines, files whose copies
   * could not be removed.
   */
  untidy: boolean
  /** Removes these. Needs no undo, and nobody to be kept away. */
  tidy(): Promise<void>
}

const keyOf = ({ run, drill }: JournalOf): string => `${run} ${drill}`

/**
 * Reads all journals of a world; changes nothing. Throws a JournalError for one that cannot be
 * read.
 */
export async function findPendingJournals(
  world: string,
  runtime: Runtime,
  policy: Policy,
): Promise<PendingJournals> {
  const local = journalsOf(world)
  const notes = local
    .filter(({ torn }) => torn)
    .map(({ path }) => `the last line of ${path} was cut off: its fault was not injected`)
  const kube = ownKube(runtime, policy)
  let remote: readonly FoundCopy[] = []
  let asked = true
  try {
    remote = await copies(await kube(), world)
  } catch (error) {
    if (error instanceof JournalError) throw error
    asked = false
    notes.push(
      `the cluster could not be asked for what other machines have left: ${errorMessage(error)}`,
    )
  }
  const byKey = new Map(remote.map(copy => [keyOf(copy.of), copy]))
  const here = new Set(local.map(({ of }) => keyOf(of)))
  /** Another machine has undone all of it, and says so. */
  const undoneElsewhere = ({ of }: Found): boolean => byKey.get(keyOf(of))?.undone !== undefined
  for (const found of local.filter(undoneElsewhere))
    notes.push(
      `${found.of.drill} of ${new Date(found.of.startedAt).toISOString()} was undone by ${byKey.get(keyOf(found.of))?.undone?.by}`,
    )
  const files = local.filter(one => one.pending.length === 0 || undoneElsewhere(one))
  const own = asked && remote.length > 0 ? machineOf(stateFolder()) : ''
  const words = remote.filter(
    ({ of, pending }) => pending.length === 0 && of.machine === own && !here.has(keyOf(of)),
  )
  const left: PendingJournal[] = [
    ...local
      .filter(found => found.pending.length > 0 && !undoneElsewhere(found))
      .map(found => {
        const copy = byKey.get(keyOf(found.of))
        return {
          of: found.of,
          pending: found.pending,
          found,
          ...(copy === undefined ? {} : { copy }),
        }
      }),
    ...remote
      .filter(copy => copy.pending.length > 0 && !here.has(keyOf(copy.of)))
      .map(copy => ({ of: copy.of, pending: copy.pending, copy })),
  ]
  return {
    left: left.toSorted((a, b) => b.of.startedAt - a.of.startedAt),
    notes,
    asked,
    untidy: asked && files.length + words.length > 0,
    async tidy() {
      if (!asked) return
      const api = await kube()
      for (const found of files) {
        const copy = byKey.get(keyOf(found.of))
        if (copy !== undefined) await removeCopy(api, copy)
        journalAt(found).forget()
      }
      for (const copy of words) await removeCopy(api, copy)
      await forgetOldMarks(
        api,
        remote.filter(({ of }) => of.machine !== own),
      )
    },
  }
}
