// What was thrown, as words: anything can be thrown, and saying so must not throw again.

/** An error's own words; where it has none, those of the errors it stands for, or its name. */
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
  // What names its cause by code has explained it, too.
  if (typeof code === 'string' && own.includes(code)) return own
  return own.includes(cause.split('\n')[0] ?? '') ? own : `${own}: ${cause}`
}

/**
 * Everything that went wrong, in one line, never empty: message and cause. Never throws, whatever
 * was thrown.
 */
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
 * The same with the kind of error first, e.g. `TypeError: …`: for what is a mistake in the program
 * itself. Never throws.
 */
export function failureInWords(error: unknown): string {
  const words = errorMessage(error)
  return error instanceof Error && typeof error.name === 'string' && words !== error.name
    ? `${error.name}: ${words}`
    : words
}
