// Cleanup at the end of the process, also when a signal ends it.

import { stderr } from 'node:process'

/**
 * Signals that end a program, with the exit code. @source POSIX shells: 128 and the signal's number
 */
export const stopSignals = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const

const pending = new Set<() => Promise<void>>()

/**
 * Registers a cleanup for when the process is stopped. Returns a function that runs it now, once.
 */
export function atEnd(tidy: () => Promise<void>): () => Promise<void> {
  let begun: Promise<void> | undefined
  const once = (): Promise<void> => (begun ??= tidy().finally(() => pending.delete(once)))
  pending.add(once)
  return once
}

/** Runs all cleanups. One failure does not stop the others; rejects with the first. */
export async function endAll(): Promise<void> {
  const results = await Promise.allSettled([...pending].map(tidy => tidy()))
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

/**
 * Cleans up when a signal ends a program beside the command line, such as a bench or a test server.
 * Earlier listeners are removed: a reporter of vitest ends the process 1 ms after the signal. The
 * new listeners stay for good: a library with a cleanup of its own ends the process at once when
 * nobody else listens.
 */
export function endOnSignals(): void {
  for (const [signal, code] of stopSignals) {
    process.removeAllListeners(signal)
    process.on(
      signal,
      () =>
        void endAll()
          .catch((error: unknown) =>
            stderr.write(`not everything could be tidied up: ${String(error)}\n`),
          )
          .finally(() => process.exit(code)),
    )
  }
}
