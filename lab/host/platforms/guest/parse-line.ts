// A command line as a shell reads it: words with quotes, commands joined by && || and ;, output
// sent away.

export interface Simple {
  words: string[]
  /** How it hangs on the one before. */
  join: 'first' | '&&' | '||' | ';'
  /** Streams that go to /dev/null, or stderr into stdout. */
  muteOut: boolean
  muteErr: boolean
  merge: boolean
}

/** Thrown for unsupported syntax, with bash's message. */
export class ShellError extends Error {}

type Token =
  | { kind: 'word'; text: string; plain: boolean }
  | { kind: 'operator'; text: '&&' | '||' | ';' }

function tokens(line: string): Token[] {
  const found: Token[] = []
  let word: string | undefined
  let plain = true
  const close = (): void => {
    if (word !== undefined) found.push({ kind: 'word', text: word, plain })
    word = undefined
    plain = true
  }
  for (let index = 0; index < line.length; index += 1) {
    const char = line[index]!
    const two = line.slice(index, index + 2)
    if (char === "'") {
      const closing = line.indexOf("'", index + 1)
      if (closing < 0) throw new ShellError("unexpected EOF while looking for matching `''")
      word = (word ?? '') + line.slice(index + 1, closing)
      plain = false
      index = closing
    } else if (char === '"') {
      word ??= ''
      plain = false
      for (index += 1; line[index] !== '"'; index += 1) {
        if (index >= line.length)
          throw new ShellError('unexpected EOF while looking for matching `"\'')
        if (line[index] === '\\' && '"\\$`'.includes(line[index + 1] ?? '')) index += 1
        word += line[index]
      }
    } else if (char === '\\') {
      word = (word ?? '') + (line[(index += 1)] ?? '')
      plain = false
    } else if (/\s/.test(char)) close()
    else if (two === '&&' || two === '||') {
      close()
      found.push({ kind: 'operator', text: two })
      index += 1
    } else if (char === ';') {
      close()
      found.push({ kind: 'operator', text: ';' })
    } else if (
      '|`()'.includes(char) ||
      (char === '&' && line[index + 1] !== '>' && word?.endsWith('>') !== true)
    )
      throw new ShellError(`syntax error near unexpected token \`${char}'`)
    else word = (word ?? '') + char
  }
  close()
  return found
}

/**
 * Splits a line into simple commands. Throws a ShellError for pipes, substitutions and unclosed
 * quotes.
 */
export function parseLine(line: string): Simple[] {
  const commands: Simple[] = []
  let current: Simple = { words: [], join: 'first', muteOut: false, muteErr: false, merge: false }
  for (const token of tokens(line)) {
    if (token.kind === 'operator') {
      if (current.words.length === 0)
        throw new ShellError(`syntax error near unexpected token \`${token.text}'`)
      commands.push(current)
      current = { words: [], join: token.text, muteOut: false, muteErr: false, merge: false }
    } else if (token.plain && ['>/dev/null', '1>/dev/null'].includes(token.text))
      current.muteOut = true
    else if (token.plain && token.text === '2>/dev/null') current.muteErr = true
    else if (token.plain && token.text === '&>/dev/null')
      Object.assign(current, { muteOut: true, muteErr: true })
    else if (token.plain && token.text === '2>&1') current.merge = true
    else current.words.push(token.text)
  }
  if (current.words.length > 0) commands.push(current)
  return commands
}
