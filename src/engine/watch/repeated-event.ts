// Something that happens again and again: whoever waits for the next time has a signal.

export interface RepeatedEvent {
  /** Aborts the next time that it rings. */
  next(): AbortSignal
  raise(why: string): void
}

export function newRepeatedEvent(): RepeatedEvent {
  let control = new AbortController()
  return {
    next: () => control.signal,
    raise(why) {
      const rung = control
      control = new AbortController()
      rung.abort(new Error(why))
    },
  }
}
