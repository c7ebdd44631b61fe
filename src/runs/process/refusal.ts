// Ends that are no verdicts: a guard's no, and what could not be put back.

/** A guard's no: nothing was touched, exit 4. */
export class RefusedError extends Error {
  /** Why, as half a sentence: for a run that has touched something else meanwhile. */
  readonly reason: string

  constructor(message: string, reason = message.replace(/\.$/, '')) {
    super(message)
    this.reason = reason
  }
}

/** The refusal of a run that has touched nothing, for a reason in half a sentence. */
export const untouched = (reason: string): RefusedError =>
  new RefusedError(`Nothing was touched: ${reason}.`, reason)

/** Something injected stays, and a person has to do it: exit 3. */
export class UndoIncompleteError extends Error {}
