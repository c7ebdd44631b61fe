// The message of anything that was thrown. Any value can be thrown, and reading it must not throw.

/** The message of an error. Without one: the messages of the errors inside it, or its name. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.message !== '') return error.message
  const parts = error instanceof AggregateError ? error.errors.map(wordsOf).filter(Boolean) : []
  return parts.length > 0 ? [...new Set(parts)].join('; ') : error.name
}

function withCause(error: unknown): string {
  const own = wordsOf(error)
  if (!(error instanceof Error) || !(error.cause instanceof Error)) return own
  const cause = wordsOf(error.cause)
  const code: unknown = Reflect.get(error.cause, 'code')
  // A message that has the code of the cause has explained the cause, too.
  if (typeof code === 'string' && own.includes(code)) return own
  return own.includes(cause.split('\n')[0] ?? '') ? own : `${own}: ${cause}`
}

/** The message and its cause in one line, never empty. Never throws. */
export function errorMessage(error: unknown): string {
  try {
    return (
      withCause(error)
        .split('\n')
        .map(line => line.trim())
        .filter(Boolean)
        .join(' / ') || 'it failed without a word'
    )
  } catch {
    return 'it failed with something that has no words'
  }
}

/**
 * The same with the kind of error first, e.g. `TypeError: …`, for mistakes in the program itself.
 * Never throws.
 */
export function failureInWords(error: unknown): string {
  const words = errorMessage(error)
  return error instanceof Error && typeof error.name === 'string' && words !== error.name
    ? `${error.name}: ${words}`
    : words
}
