// Ends of a run without a verdict: a refusal, and an undo that failed.

/** A refused run: it changed nothing. Exit 4. */
export class RefusedError extends Error {
  /** The reason without a full stop, for a run that goes on and reports it in a sentence. */
  readonly reason: string

  constructor(message: string, reason = message) {
    super(message)
    this.reason = reason
  }
}

/** The refusal of a run that has changed nothing. `reason`: without a full stop. */
export const untouched = (reason: string): RefusedError =>
  new RefusedError(`Nothing was touched: ${reason}.`, reason)

/** A fault that holdfast could not undo is left to a person. Exit 3. */
export class UndoIncompleteError extends Error {}
