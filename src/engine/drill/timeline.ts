// The timeline of a drill: every event with its time and phase.
import type { DrillEvent, LogEntry, Phase } from '#src/model/index.ts'

export interface Timeline {
  readonly entries: readonly LogEntry[]
  add(phase: Phase, event: DrillEvent): void
}

/** An empty timeline on a clock; `heard` receives each entry as it is added. */
export function newTimeline(now: () => number, heard?: (entry: LogEntry) => void): Timeline {
  const entries: LogEntry[] = []
  return {
    entries,
    add(phase, event) {
      const entry = { at: now(), phase, event }
      entries.push(entry)
      heard?.(entry)
    },
  }
}
