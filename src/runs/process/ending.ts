// What has to be tidied up however the process ends: also when a signal stops it in the middle.

import { stderr } from 'node:process'

/**
 * Signals that end a program, and its exit code then. @source POSIX shells: 128 and the signal's
 * number
 */
export const stopSignals = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const

const pending = new Set<() => Promise<void>>()

/**
 * Has something done when the process is stopped. Returns the way to do it now, once; after that
 * nothing is left to do.
 */
export function atEnd(tidy: () => Promise<void>): () => Promise<void> {
  let begun: Promise<void> | undefined
  const once = (): Promise<void> => (begun ??= tidy().finally(() => pending.delete(once)))
  pending.add(once)
  return once
}

/** Tidies up everything. One failure does not stop the others; rejects with the first. */
export async function endAll(): Promise<void> {
  const results = await Promise.allSettled([...pending].map(tidy => tidy()))
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

/**
 * Tidies up when a signal ends a program beside the command line: a bench, or what serves tests.
 * Whoever listened before is silenced: a reporter of vitest ends the process a millisecond after
 * the signal. Its own listeners stay: a library that tidies up for itself ends the process at once
 * where it finds nobody else listening.
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
