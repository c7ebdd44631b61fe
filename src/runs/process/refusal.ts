// Ends that are no verdicts: a guard's no, and what could not be put back.

/** A guard's no: nothing was touched, exit 4. */
export class RefusedError extends Error {}

/** Nobody knows which cluster it is: it could not be asked. */
export class UnidentifiedError extends RefusedError {}

/** Something injected stays, and a person has to do it: exit 3. */
export class UndoIncompleteError extends Error {}
