// What killed drills left behind: finds it, undoes it, and tells what of it remains.
import { faults } from '#helpers/faults.ts'
import { undoAll } from '#src/engine/drill/undo.ts'
import { errorMessage } from '#src/model/error-message.ts'
import { JournalError, type Policy, type Runtime } from '#src/model/index.ts'
import { eventText } from '#src/reporting/sentences.ts'
import { untouched } from '#src/runs/process/refusal.ts'
import type { Settings } from '#src/runs/settings.ts'
import {
  journalOfPending,
  journalsOf,
  worldOf,
  type PendingJournal,
} from '#src/runs/process/state.ts'
import { findPendingJournals, type PendingJournals } from './pending-journals.ts'

/** What a person must do. */
export interface Leftover {
  description: string
  manualUndo: string
}

export interface Beginning {
  runtime: Runtime
  policy: Policy
  settings: Settings
  tell(message: string): void
}

/** For people: each leftover, with its command. */
export const leftoversText = (remains: readonly Leftover[]): string =>
  remains
    .map(({ description, manualUndo }) => `  ${description}\n    by hand: ${manualUndo}\n`)
    .join('')

/** For people: `scenario of time (who)`. */
export const nameOf = ({ of }: PendingJournal): string =>
  `${of.drill} of ${new Date(of.startedAt).toISOString()} (${of.by})`

/**
 * The open records of a target's world; none if the world ends with its process. Throws a
 * RefusedError for an unreadable journal.
 */
export async function pendingJournalsIn({
  runtime,
  policy,
  settings,
}: Pick<Beginning, 'runtime' | 'policy' | 'settings'>): Promise<PendingJournals> {
  const world = worldOf(runtime, policy, settings)
  if (world === undefined)
    return { left: [], notes: [], asked: true, untidy: false, tidy: async () => {} }
  try {
    return await findPendingJournals(world, runtime, policy)
  } catch (error) {
    if (error instanceof JournalError) throw untouched(error.message)
    throw error
  }
}

/**
 * Undoes journals, newest first, while the caller holds the cluster. Returns what it could not
 * undo, with the commands for it.
 */
export async function undoPending(
  left: readonly PendingJournal[],
  beginning: Beginning,
): Promise<readonly Leftover[]> {
  const { runtime, policy, tell } = beginning
  const remains: Leftover[] = []
  for (const one of left) {
    const source = one.found === undefined ? ', from its copy in the cluster' : ''
    tell(`undoing what ${nameOf(one)} has left behind${source}`)
    const journal = journalOfPending(one, beginning)
    const context = { runtime, policy, signal: new AbortController().signal }
    remains.push(
      ...(await undoAll({ context, faults, journal, add: (_, event) => tell(eventText(event)) })),
    )
    await journal.settle()
  }
  return remains
}

/**
 * Reports what other machines have undone meanwhile, and deletes those journals. Never rejects: the
 * next start tries again.
 */
export async function tidyUp(
  seen: PendingJournals,
  tell: (message: string) => void,
): Promise<void> {
  if (!seen.untidy) return
  for (const note of seen.notes) tell(note)
  await seen.tidy().catch(() => {})
}

/**
 * What remains of this machine's drills if the process ends at once: lines for a person, each with
 * a command. Never throws.
 */
export function staysIn(world: string, command: string): readonly string[] {
  try {
    return journalsOf(world).flatMap(({ pending }) =>
      pending
        .filter(({ undone }) => undone !== true)
        .map(({ description, fault, record }) => {
          const manualUndo = faults.get(fault)?.manualUndo(record)
          const manually = manualUndo === undefined ? '' : `, or by hand: ${manualUndo}`
          return `${description}: ${command}${manually}`
        }),
    )
  } catch (error) {
    return [`what is injected could not be read (${errorMessage(error)}): ${command}`]
  }
}
