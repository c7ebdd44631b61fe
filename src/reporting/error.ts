// The error of writing or reading a report.

/** A report cannot be written or read. The message states the path, the cause and the remedy. */
export class ReportError extends Error {
  readonly path: string | undefined
  constructor(message: string, options: { path?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'ReportError'
    this.path = options.path
  }
}
