// Ctrl-C and other signals: the first one undoes the faults before the process ends; a second one
// exits at once and prints what remains.
import { errorMessage } from '#src/model/error-message.ts'
import { exit, stderr } from 'node:process'
import { endAll, stopSignals } from './ending.ts'

const stopping = new AbortController()
let code: number | undefined
let acting = 0
let stays: () => readonly string[] = () => []

/** Aborts at the first signal. */
export const stopped: AbortSignal = stopping.signal

/** The exit code of the signal; undefined: there was none. */
export const stopCode = (): number | undefined => code

/**
 * Work that can stop by itself and undo its faults: a signal lets it end instead of ending the
 * process.
 */
export async function stoppable<T>(work: () => Promise<T>): Promise<T> {
  acting += 1
  try {
    return await work()
  } finally {
    acting -= 1
  }
}

/**
 * Reports what would remain if the process ended at once: lines for a person, each with a command.
 */
export function whatStays(tell: () => readonly string[]): void {
  stays = tell
}

let parting = async (): Promise<unknown> => undefined

/**
 * Reports what is still to do if a signal ends the process at once: the report of what was seen so
 * far.
 */
export function onLeaving(act: () => Promise<unknown>): void {
  parting = act
}

/** Nothing may keep the process from ending. */
function staying(): readonly string[] {
  try {
    return stays()
  } catch (error) {
    return [`it could not be read (${errorMessage(error)}): holdfast status`]
  }
}

/** Threads of vitest listen for this message. */
export const stopChannel = 'holdfast-stop'

/** A new thread asks by this message whether a signal came before it listened. */
export const askedChannel = 'holdfast-stopped-already'

function tellThreads(why: string): void {
  const channel = new BroadcastChannel(stopChannel)
  channel.postMessage(why)
  channel.close()
}

/**
 * Stops everything that can stop by itself, in all threads, and lets it undo its faults. `why` is
 * the reported reason.
 */
export function stopWork(why: string): void {
  tellThreads(why)
  stopping.abort(new Error(why))
}

async function leave(signal: string, exitCode: number): Promise<void> {
  stderr.write(`\nholdfast: stopped by ${signal}. Nothing was injected.\n`)
  await parting().catch((error: unknown) =>
    stderr.write(`holdfast: there is no report: ${String(error)}\n`),
  )
  await endAll().catch((error: unknown) =>
    stderr.write(`holdfast: not everything could be tidied up: ${String(error)}\n`),
  )
  exit(exitCode)
}

const own = new Map<NodeJS.Signals, () => void>()

/**
 * vitest's own listeners would end the process at once, in the middle of an undo: they are removed.
 */
export function onlyOurs(): void {
  for (const [signal, listener] of own) {
    for (const other of process.listeners(signal))
      if (other !== listener) process.off(signal, other)
  }
}

/** What remains if the process ends now. */
function remaining(): string {
  const left = staying()
  if (left.length === 0) return 'Nothing of a drill is known to stay.'
  return `What stays, and how to undo it:\n${left.map(line => `  ${line}\n`).join('')}`
}

/** Listens to signals from now on, and tells threads that start later. */
export function listen(): void {
  const asked = new BroadcastChannel(askedChannel)
  asked.unref()
  asked.addEventListener('message', () => {
    if (stopped.aborted) tellThreads(String(stopped.reason?.message ?? stopped.reason))
  })
  for (const [signal, exitCode] of stopSignals) {
    own.set(signal, () => {
      if (code !== undefined) {
        stderr.write(`\nholdfast: left at once. ${remaining()}\n`)
        exit(code)
      }
      code = exitCode
      if (acting === 0) return void leave(signal, exitCode)
      stderr.write(
        `\nholdfast: ${signal}: stopping; what was injected is being undone. A fix that has ` +
          `begun is finished. Once more to leave at once.\n`,
      )
      stopWork(`stopped by ${signal}`)
    })
    process.on(signal, own.get(signal)!)
  }
}
