// Parses a command line as a shell does: quoted words, commands joined by && || and ;, redirections
// to /dev/null.

export interface Simple {
  words: string[]
  /** The operator before the command. */
  join: 'first' | '&&' | '||' | ';'
  /** stdout goes to /dev/null. */
  muteOut: boolean
  /** stderr goes to /dev/null. */
  muteErr: boolean
  /** stderr goes to stdout. */
  merge: boolean
}

/** The line has syntax that the lab does not support. The message is bash's. */
export class ShellError extends Error {}

type Token =
  | { kind: 'word'; text: string; plain: boolean }
  | { kind: 'operator'; text: '&&' | '||' | ';' }

/** Splits a line into words and operators, as bash does. */
class Tokenizer {
  readonly #line: string
  readonly #found: Token[] = []
  #index = 0
  #word: string | undefined
  #plain = true

  constructor(line: string) {
    this.#line = line
  }

  tokens(): readonly Token[] {
    for (; this.#index < this.#line.length; this.#index += 1) this.#readAt(this.#line[this.#index]!)
    this.#close()
    return this.#found
  }

  #readAt(char: string): void {
    const two = this.#line.slice(this.#index, this.#index + 2)
    if (char === "'") this.#readQuoted()
    else if (char === '"') this.#readDoubleQuoted()
    else if (char === '\\') {
      this.#word = (this.#word ?? '') + (this.#line[(this.#index += 1)] ?? '')
      this.#plain = false
    } else if (/\s/.test(char)) this.#close()
    else if (two === '&&' || two === '||') {
      this.#operator(two)
      this.#index += 1
    } else if (char === ';') this.#operator(';')
    else if (this.#isUnsupported(char))
      throw new ShellError(`syntax error near unexpected token \`${char}'`)
    else this.#word = (this.#word ?? '') + char
  }

  #readQuoted(): void {
    const closing = this.#line.indexOf("'", this.#index + 1)
    if (closing < 0) throw new ShellError("unexpected EOF while looking for matching `''")
    this.#word = (this.#word ?? '') + this.#line.slice(this.#index + 1, closing)
    this.#plain = false
    this.#index = closing
  }

  #readDoubleQuoted(): void {
    this.#word ??= ''
    this.#plain = false
    for (this.#index += 1; this.#line[this.#index] !== '"'; this.#index += 1) {
      if (this.#index >= this.#line.length)
        throw new ShellError('unexpected EOF while looking for matching `"\'')
      const escapes = '"\\$`'.includes(this.#line[this.#index + 1] ?? '')
      if (this.#line[this.#index] === '\\' && escapes) this.#index += 1
      this.#word += this.#line[this.#index]
    }
  }

  /**
   * Not supported: pipes, substitutions and background jobs. The `&` of a redirection is supported.
   */
  #isUnsupported(char: string): boolean {
    if ('|`()'.includes(char)) return true
    const redirects = this.#line[this.#index + 1] === '>' || this.#word?.endsWith('>') === true
    return char === '&' && !redirects
  }

  #operator(text: '&&' | '||' | ';'): void {
    this.#close()
    this.#found.push({ kind: 'operator', text })
  }

  /** Ends the current word. */
  #close(): void {
    if (this.#word !== undefined)
      this.#found.push({ kind: 'word', text: this.#word, plain: this.#plain })
    this.#word = undefined
    this.#plain = true
  }
}

const newCommand = (join: Simple['join']): Simple => ({
  words: [],
  join,
  muteOut: false,
  muteErr: false,
  merge: false,
})

/** Splits a line into commands. Throws a ShellError for pipes, substitutions and open quotes. */
export function parseLine(line: string): Simple[] {
  const commands: Simple[] = []
  let current = newCommand('first')
  for (const token of new Tokenizer(line).tokens()) {
    if (token.kind === 'operator') {
      if (current.words.length === 0)
        throw new ShellError(`syntax error near unexpected token \`${token.text}'`)
      commands.push(current)
      current = newCommand(token.text)
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
