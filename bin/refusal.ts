// A guard's no: nothing was touched, exit 4.

export class RefusedError extends Error {}
