// An event that happens again and again, with a signal for its next occurrence.

export interface RepeatedEvent {
  /** Aborts at the next occurrence. */
  next(): AbortSignal
  raise(why: string): void
}

export function newRepeatedEvent(): RepeatedEvent {
  let control = new AbortController()
  return {
    next: () => control.signal,
    raise(why) {
      const current = control
      control = new AbortController()
      current.abort(new Error(why))
    },
  }
}
