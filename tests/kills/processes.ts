// Runs holdfast as separate processes, each on one of two machines that share a node. Returns their
// output and what they left behind.
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { inject } from 'vitest'
import { start, type Running } from '#tests/project/running.ts'
import { root } from '#tests/project/source.ts'

export const place = inject('place')
export const world = `container-${place.node}`
const home = join(place.folder, 'home')
const reports = join(place.folder, 'reports')
mkdirSync(home, { recursive: true })

export type Machine = 'one' | 'other' | 'fresh'

/**
 * The longest life of one process, ms. A whole drill takes 45 s here. A process that hangs is
 * killed, so that the test shows its output. @source measured on a v1.35 node
 */
const lifetime = 240_000

/** Starts holdfast on a machine. */
export const holdfast = (args: readonly string[], machine: Machine = 'one'): Running =>
  start(
    join(root, 'bin', 'holdfast.mjs'),
    args,
    {
      HOME: home,
      HOLDFAST_TARGET: 'container',
      HOLDFAST_NODE: place.node,
      HOLDFAST_KEEP: '1',
      HOLDFAST_CLUSTER: place.policy,
      HOLDFAST_STATE: join(place.folder, machine),
      HOLDFAST_REPORTS: reports,
    },
    lifetime,
  )

/** Runs holdfast to its end. */
export const run = (args: readonly string[], machine?: Machine): Running['ended'] =>
  holdfast(args, machine).ended

/** A moment in the life of a process: some time after it has printed a text. */
export interface LogEntry {
  text: string
  /** ms. */
  after: number
}

/** Waits for a moment. */
export async function until(running: Running, { text, after }: LogEntry): Promise<void> {
  await running.saying(text)
  await pause(after)
}

/** Exit 4: the guards refused. */
export const refused = 4
/** How often to start one drill on a busy host, and the pause in between, ms. */
const mostStarts = 10
const betweenStarts = 3_000

/**
 * Starts a drill and waits for a moment of it. If the host is so busy that the guards time out and
 * refuse, starts it again.
 */
export async function drilling(
  scenario: string,
  logEntry: LogEntry,
  machine?: Machine,
): Promise<Running> {
  for (let starts = 1; ; starts += 1) {
    const running = holdfast(['drill', scenario], machine)
    try {
      await until(running, logEntry)
      return running
    } catch (error) {
      if (
        starts >= mostStarts ||
        (await running.ended).code !== refused ||
        running.said().includes('· inject ·')
      )
        throw error
      await pause(betweenStarts)
    }
  }
}

/** Sends kill -9 and waits until the process is gone. */
export async function kill(running: Running): Promise<void> {
  running.child.kill('SIGKILL')
  await running.ended
}

/** The newest report. */
export const latest = (): unknown =>
  JSON.parse(
    readFileSync(
      join(reports, readFileSync(join(reports, 'latest'), 'utf8').trim(), 'report.json'),
      'utf8',
    ),
  )

const filesIn = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder) : []

/**
 * Journals on both machines, dead-man's switches that wait on this host, and notes that a drill
 * left for its judge.
 */
export const openHere = (): readonly string[] => [
  ...(['one', 'other'] as const).flatMap(machine =>
    filesIn(join(place.folder, machine, 'journal', world))
      .filter(name => name.endsWith('.jsonl'))
      .map(name => `${machine}: ${name}`),
  ),
  ...filesIn(join(home, '.local', 'state', 'holdfast', 'switches')),
  ...filesIn(dirname(place.policy)).filter(
    name => name.startsWith('ledger') || name.startsWith('.ledger'),
  ),
]

/**
 * Makes both machines tidy up what is already undone, as their next starts would. A machine deletes
 * only its own journals, and a busy API may not answer. Resolves with the journals still open, here
 * and in the cluster.
 */
export async function openAfterTidying(
  inCluster: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
  for (let times = 0; ; times += 1) {
    const open = [...openHere(), ...(await inCluster())]
    if (open.length === 0 || times >= mostStarts) return open
    for (const machine of ['one', 'other'] as const) await run(['undo'], machine)
  }
}
