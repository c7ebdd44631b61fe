// The journals with open records of a world: on this machine, and their copies in the cluster.
import { withoutUndefined } from '#src/model/json.ts'
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
  /** Notes for a person, e.g. about a torn line or a silent cluster. */
  notes: readonly string[]
  /** Whether the cluster answered. If not, the journals of other machines are unknown. */
  asked: boolean
  /** Whether closed journals remain: notices for other machines, and files with copies. */
  untidy: boolean
  /** Removes the closed journals. Needs neither an undo nor the lock. */
  tidy(): Promise<void>
}

const keyOf = ({ run, drill }: JournalOf): string => `${run} ${drill}`

interface Copies {
  readonly remote: readonly FoundCopy[]
  readonly byKey: ReadonlyMap<string, FoundCopy>
  /** The reason why the cluster could not be asked. */
  readonly silence: string | undefined
}

/** The copies in the cluster, of all machines. */
async function copiesIn(kube: ReturnType<typeof ownKube>, world: string): Promise<Copies> {
  try {
    const remote = await copies(await kube(), world)
    return {
      remote,
      byKey: new Map(remote.map(copy => [keyOf(copy.of), copy])),
      silence: undefined,
    }
  } catch (error) {
    if (error instanceof JournalError) throw error
    return { remote: [], byKey: new Map(), silence: errorMessage(error) }
  }
}

/** Whether another machine has undone the whole journal, according to its copy. */
const isUndoneElsewhere = ({ of }: Found, { byKey }: Copies): boolean =>
  byKey.get(keyOf(of))?.undone !== undefined

function notesOn(local: readonly Found[], found: Copies): readonly string[] {
  const torn = local
    .filter(one => one.torn)
    .map(({ path }) => `the last line of ${path} was cut off: its fault was not injected`)
  const silent =
    found.silence === undefined
      ? []
      : [`the cluster could not be asked for what other machines have left: ${found.silence}`]
  const undone = local
    .filter(one => isUndoneElsewhere(one, found))
    .map(({ of }) => {
      const by = found.byKey.get(keyOf(of))?.undone?.by
      return `${of.drill} of ${new Date(of.startedAt).toISOString()} was undone by ${by}`
    })
  return [...torn, ...silent, ...undone]
}

/** The journals with open records: local ones with their copies, and copies of other machines. */
function openJournals(local: readonly Found[], found: Copies): readonly PendingJournal[] {
  const here = new Set(local.map(({ of }) => keyOf(of)))
  return [
    ...local
      .filter(one => one.pending.length > 0 && !isUndoneElsewhere(one, found))
      .map(one => ({
        of: one.of,
        pending: one.pending,
        found: one,
        ...withoutUndefined({ copy: found.byKey.get(keyOf(one.of)) }),
      })),
    ...found.remote
      .filter(copy => copy.pending.length > 0 && !here.has(keyOf(copy.of)))
      .map(copy => ({ of: copy.of, pending: copy.pending, copy })),
  ].toSorted((a, b) => b.of.startedAt - a.of.startedAt)
}

/** Reads all journals of a world; changes nothing. Throws a JournalError for an unreadable one. */
export async function findPendingJournals(
  world: string,
  runtime: Runtime,
  policy: Policy,
): Promise<PendingJournals> {
  const local = journalsOf(world)
  const kube = ownKube(runtime, policy)
  const found = await copiesIn(kube, world)
  const asked = found.silence === undefined
  const here = new Set(local.map(({ of }) => keyOf(of)))
  const closedFiles = local.filter(one => one.pending.length === 0 || isUndoneElsewhere(one, found))
  const own = asked && found.remote.length > 0 ? machineOf(stateFolder()) : ''
  const closedCopies = found.remote.filter(
    ({ of, pending }) => pending.length === 0 && of.machine === own && !here.has(keyOf(of)),
  )
  return {
    left: openJournals(local, found),
    notes: notesOn(local, found),
    asked,
    untidy: asked && closedFiles.length + closedCopies.length > 0,
    async tidy() {
      if (!asked) return
      const api = await kube()
      for (const file of closedFiles) {
        const copy = found.byKey.get(keyOf(file.of))
        if (copy !== undefined) await removeCopy(api, copy)
        journalAt(file).forget()
      }
      for (const copy of closedCopies) await removeCopy(api, copy)
      const others = found.remote.filter(({ of }) => of.machine !== own)
      await forgetOldMarks(api, others)
    },
  }
}
