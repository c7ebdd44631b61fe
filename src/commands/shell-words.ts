// Quotes arguments for a shell on another machine, and finds the commands in a line of shell.

/**
 * Quotes one argument so that a POSIX shell reads it unchanged and expands nothing. Plain arguments
 * need no quotes.
 */
export function quoted(word: string): string {
  if (/^[A-Za-z0-9_/:=.,@%+-]+$/.test(word)) return word
  return `'${word.replaceAll("'", `'\\''`)}'`
}

/**
 * The end of a quoted or parenthesised part that begins at `from`; the end of the text if it is
 * never closed.
 */
function closing(text: string, from: number, close: string): number {
  let depth = 1
  for (let index = from; index < text.length; index += 1) {
    const char = text[index]
    if (char === '\\' && close !== "'") index += 1
    else if (char === close) {
      depth -= 1
      if (depth === 0) return index
    } else if (close === ')' && char === '(') depth += 1
    else if (close === ')' && (char === "'" || char === '"')) index = closing(text, index + 1, char)
  }
  return text.length
}

interface Reading {
  commands: string[][]
  words: string[]
  word: string | undefined
  /** The next word is the file of a redirection, and no argument. */
  redirected: boolean
}

function endWord(reading: Reading): void {
  if (reading.word === undefined) return
  if (reading.redirected) reading.redirected = false
  else reading.words.push(reading.word)
  reading.word = undefined
}

function endCommand(reading: Reading): void {
  endWord(reading)
  reading.redirected = false
  if (reading.words.length > 0) reading.commands.push(reading.words)
  reading.words = []
}

/**
 * A command substitution: its commands count as commands. The word keeps its text, because its
 * value is unknown.
 */
function substitute(reading: Reading, text: string, from: number, close: string): number {
  const end = closing(text, from, close)
  const inner = text.slice(from, end)
  reading.commands.push(...commandsIn(inner))
  reading.word = `${reading.word ?? ''}$(${inner})`
  return end
}

function doubleQuoted(reading: Reading, text: string, from: number): number {
  reading.word ??= ''
  let index = from
  for (; index < text.length && text[index] !== '"'; index += 1) {
    if (text[index] === '\\' && /["$`\\]/.test(text[index + 1] ?? ''))
      reading.word += text[(index += 1)] ?? ''
    else if (text[index] === '`') index = substitute(reading, text, index + 1, '`')
    else if (text[index] === '$' && text[index + 1] === '(')
      index = substitute(reading, text, index + 2, ')')
    else reading.word += text[index]
  }
  return index
}

/** A brace groups commands only as a word of its own. */
function isBrace(text: string, index: number, reading: Reading): boolean {
  if (reading.word !== undefined) return false
  return text[index] === '}' || (text[index] === '{' && /\s/.test(text[index + 1] ?? ''))
}

/**
 * Every simple command that a line of shell would run, as arguments without quotes: also in pipes,
 * lists, subshells and substitutions. Omits redirections, and keeps variables and globs unexpanded.
 */
export function commandsIn(text: string): string[][] {
  const reading: Reading = { commands: [], words: [], word: undefined, redirected: false }
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index]!
    if (char === "'") {
      const end = closing(text, index + 1, "'")
      reading.word = (reading.word ?? '') + text.slice(index + 1, end)
      index = end
    } else if (char === '"') index = doubleQuoted(reading, text, index + 1)
    else if (char === '\\') reading.word = (reading.word ?? '') + (text[(index += 1)] ?? '')
    else if (char === '`') index = substitute(reading, text, index + 1, '`')
    else if (char === '$' && text[index + 1] === '(')
      index = substitute(reading, text, index + 2, ')')
    else if (char === '>' || char === '<') {
      // `2>` names a file descriptor, not a word.
      if (reading.word !== undefined && /^\d+$/.test(reading.word)) reading.word = undefined
      endWord(reading)
      while (/[>&<|]/.test(text[index + 1] ?? '')) index += 1
      reading.redirected = true
    } else if (/[;&|\n()]/.test(char) || isBrace(text, index, reading)) endCommand(reading)
    else if (/\s/.test(char)) endWord(reading)
    else if (char === '#' && reading.word === undefined)
      index = Math.max(
        index,
        text.indexOf('\n', index) === -1 ? text.length : text.indexOf('\n', index) - 1,
      )
    else reading.word = (reading.word ?? '') + char
  }
  endCommand(reading)
  return reading.commands
}
