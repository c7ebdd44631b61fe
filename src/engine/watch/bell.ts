// Something that happens again and again: whoever waits for the next time has a signal.

export interface Bell {
  /** Aborts the next time that it rings. */
  next(): AbortSignal
  ring(why: string): void
}

export function newBell(): Bell {
  let control = new AbortController()
  return {
    next: () => control.signal,
    ring(why) {
      const rung = control
      control = new AbortController()
      rung.abort(new Error(why))
    },
  }
}
