// Patterns of CustomResourceDefinitions. They are written for Go, whose expressions take linear
// time, and they must not take longer here.
import { setFlagsFromString } from 'node:v8'

// Enables the flag l: V8 then refuses to compile an expression that it cannot run in linear time.
setFlagsFromString('--enable-experimental-regexp-engine')

/** @source V8: the flag that the setting above enables */
const linear = 'l'

/**
 * Syntax that means something else in Go than in JavaScript. @source RE2 syntax: classes of Unicode
 * and POSIX, \A, \z, \Q, \C
 */
const foreign = /\\[pPAzZQECX]|\[\[:|\(\?[a-zA-Z]*[msU]/
/** A repeated group: with repetition inside it, matching may take exponential time. */
const repeatedGroup = /\)[*+{]/

function made(source: string): RegExp | undefined {
  if (foreign.test(source)) return undefined
  const [, insensitive = '', rest = source] = /^(\^?\(\?i\))([\s\S]*)$/.exec(source) ?? []
  const text = insensitive.startsWith('^') ? `^${rest}` : rest
  try {
    if (insensitive === '') return new RegExp(text, linear)
  } catch {
    // The linear engine does not support counted repetition, so the other engine runs it.
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
 * The longest text that is matched. @source chosen: no name, path or address is longer, and
 * adjacent repetitions take quadratic time
 */
const longest = 4096

/** Whether a text matches; undefined: it cannot be decided here. */
export function matches(source: string, text: string): boolean | undefined {
  if (!known.has(source)) known.set(source, made(source))
  const pattern = known.get(source)
  return text.length > longest ? undefined : pattern?.test(text)
}

/** Whether a pattern can be evaluated here. */
export const isJudged = (source: string): boolean => matches(source, '') !== undefined
