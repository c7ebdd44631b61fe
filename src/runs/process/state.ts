// State that must outlive the process: journals of open undo records, and the lock of this machine.
import { readdirSync } from 'node:fs'
import { homedir, hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { env, pid } from 'node:process'
import { fileJournal, journalAt, type FileJournal } from '#src/engine/journal/file.ts'
import { unfinished, type Found } from '#src/engine/journal/unfinished.ts'
import { machineOf, token } from '#src/targets/live/machine.ts'
import { openKube, type Kube } from '#src/kubernetes/client.ts'
import { copyOf } from '#src/engine/cluster-state/mirror.ts'
import { type FoundCopy } from '#src/engine/cluster-state/copy-form.ts'
import { memoryJournal, withCopy, type CopiedJournal } from '#src/engine/journal/journal.ts'
import {
  giveUpAfter,
  ms,
  type Drill,
  type Entry,
  type JournalOf,
  type Policy,
  type Runtime,
} from '#src/model/index.ts'
import type { Settings } from '#src/runs/settings.ts'

/** @source XDG Base Directory Specification: XDG_STATE_HOME, default ~/.local/state */
export const stateFolder = (): string =>
  env['HOLDFAST_STATE'] ??
  join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'holdfast')
export const lockFolder = (): string => join(stateFolder(), 'lock')
export const journalFolder = (world: string): string => join(stateFolder(), 'journal', world)

/** The user of this run, for people. */
export const whoRuns = (): string => `${userInfo().username}@${hostname()} (pid ${pid})`

/** The unique name of this process as a lock holder. */
export const newIdentity = (): string => `${whoRuns()} ${token()}`

/**
 * The world that a drill acts on, under a name that is the same for everybody who acts on it.
 * Undefined: the world ends with its process, so there is nothing to record and nobody to keep
 * away.
 */
export function worldOf(
  runtime: Pick<Runtime, 'target'>,
  policy: Policy,
  settings: Pick<Settings, 'keep' | 'reuse'>,
): string | undefined {
  switch (runtime.target.kind) {
    case 'lab':
      return undefined
    case 'live':
      return policy.cluster
    case 'container':
      return settings.keep || settings.reuse
        ? `container-${policy.nodes[0]?.container?.name ?? policy.cluster}`
        : undefined
  }
}

/**
 * Time limit for requests about holdfast's own objects, ms: a drill does not wait longer for a
 * second copy. @source Kubernetes default, leader election: renewals every 2 s
 */
const patience = 3_000

/** Access to holdfast's own objects in a cluster. The end of a drill does not end it. */
export const ownKube =
  (runtime: Runtime, policy: Policy): (() => Promise<Kube>) =>
  () =>
    openKube({ runtime, deadline: patience, signal: new AbortController().signal }, policy.identity)

const undoing = (runtime: Runtime): { machine: string; by: string; now(): number } => ({
  machine: machineOf(stateFolder()),
  by: whoRuns(),
  now: () => runtime.clock.now(),
})

/** The latest time at which a drill that starts now has undone everything, ms since the epoch. */
const untilOf = (drill: Drill, now: number): number =>
  now + giveUpAfter(drill) + ms(drill.stability)

interface JournalContext {
  runtime: Runtime
  policy: Policy
  settings: Pick<Settings, 'journal'>
  tell(message: string): void
}

/**
 * A durable journal for one drill of a world that outlives this process, with its copy in the
 * cluster unless the settings say otherwise.
 */
export function journalFor(
  world: string,
  drill: Drill,
  { runtime, policy, settings, tell }: JournalContext,
): CopiedJournal {
  const now = runtime.clock.now()
  const of: JournalOf = {
    run: `${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}-${token()}`,
    cluster: world,
    drill: drill.name,
    by: whoRuns(),
    machine: machineOf(stateFolder()),
    startedAt: now,
    until: untilOf(drill, now),
  }
  let stale = (): boolean => false
  const local = fileJournal(journalFolder(world), of, () => stale())
  const copied = withCluster(
    local,
    of,
    settings.journal === 'cluster' ? runtime : undefined,
    policy,
    tell,
  )
  stale = copied.stale
  return copied
}

/** A journal with open records. */
export interface PendingJournal {
  of: JournalOf
  pending: readonly Entry[]
  /** On this machine. */
  found?: Found
  /** In the cluster. */
  copy?: FoundCopy
}

/** Continues a journal, from disk or from a copy. */
export function journalOfPending(
  left: PendingJournal,
  { runtime, policy, settings, tell }: JournalContext,
): CopiedJournal {
  let stale = (): boolean => false
  const local = left.found === undefined ? memoryJournal() : journalAt(left.found, () => stale())
  if (left.found === undefined) for (const entry of left.pending) local.open(entry)
  // An existing copy is updated, whatever the settings say about new ones.
  const copied = withCluster(
    local,
    left.of,
    settings.journal === 'cluster' || left.copy !== undefined ? runtime : undefined,
    policy,
    tell,
  )
  stale = copied.stale
  return copied
}

function withCluster(
  local: FileJournal | ReturnType<typeof memoryJournal>,
  of: JournalOf,
  runtime: Runtime | undefined,
  policy: Policy,
  tell: (message: string) => void,
): CopiedJournal {
  const copied = withCopy(
    local,
    runtime === undefined
      ? { keep: async () => {} }
      : copyOf(ownKube(runtime, policy), of, undoing(runtime)),
    tell,
  )
  return {
    ...copied,
    async settle() {
      const settled = await copied.settle()
      if (settled && local.pending().length === 0 && 'forget' in local) local.forget()
      return settled
    },
  }
}

/**
 * Journals on this machine about a world, newest first. Throws a JournalError for an unreadable
 * file.
 */
export const journalsOf = (world: string): readonly Found[] =>
  unfinished(journalFolder(world), world)

/** The worlds of which this machine has journals. */
export function worldsWithJournals(): readonly string[] {
  try {
    return readdirSync(join(stateFolder(), 'journal'))
  } catch {
    return []
  }
}
