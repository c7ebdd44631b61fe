// Patterns of custom resource definitions: written for Go, whose expressions take linear time, and
// judged in no more.
import { setFlagsFromString } from 'node:v8'

// Gives the flag l: an expression that cannot be executed in linear time is refused when it is
// made.
setFlagsFromString('--enable-experimental-regexp-engine')

/** @source V8: the flag that the setting above gives */
const linear = 'l'

/**
 * What means something else in Go than here. @source RE2 syntax: classes of Unicode and POSIX, \A,
 * \z, \Q, \C
 */
const foreign = /\\[pPAzZQECX]|\[\[:|\(\?[a-zA-Z]*[msU]/
/** A repeated group: with repetition inside it may take for ever. */
const repeatedGroup = /\)[*+{]/

function made(source: string): RegExp | undefined {
  if (foreign.test(source)) return undefined
  const [, insensitive = '', rest = source] = /^(\^?\(\?i\))([\s\S]*)$/.exec(source) ?? []
  const text = insensitive.startsWith('^') ? `^${rest}` : rest
  try {
    if (insensitive === '') return new RegExp(text, linear)
  } catch {
    // Counts are what the linear engine leaves to the other one.
  }
  try {
    return repeatedGroup.test(text.replaceAll(/\\.|\[(?:\\.|[^\]\\])*\]/g, ''))
      ? undefined
      : new RegExp(text, insensitive === '' ? '' : 'i')
  } catch {
    return undefined
  }
}

const known = new Map<string, RegExp | undefined>()

/**
 * How long a text is matched at all. @source chosen: no name, path or address is longer, and
 * repetition side by side takes the square
 */
const longest = 4096

/** Whether a text matches; undefined where that cannot be said here. */
export function matches(source: string, text: string): boolean | undefined {
  if (!known.has(source)) known.set(source, made(source))
  const pattern = known.get(source)
  return text.length > longest ? undefined : pattern?.test(text)
}

/** Whether texts can be held against a pattern here. */
export const isJudged = (source: string): boolean => matches(source, '') !== undefined
