// What went wrong with a report: where, why, and what to do next.

/**
 * A report that cannot be written or read. Its message is one sentence per fact: path, cause,
 * remedy.
 */
export class ReportError extends Error {
  readonly path: string | undefined
  constructor(message: string, options: { path?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'ReportError'
    this.path = options.path
  }
}
