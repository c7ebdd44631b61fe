// XML property lists: reads and writes the few elements that launchd's files use.

export class PlistError extends Error {}

export type PlistValue =
  | string
  | number
  | boolean
  | readonly PlistValue[]
  | { readonly [key: string]: PlistValue }

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const decode = (text: string): string =>
  text.replaceAll(/&(\w+);/g, (whole, name: string) => entities[name] ?? whole)
const encode = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Reads the elements of a plist in order. */
class PlistReader {
  readonly #tokens: readonly string[]
  #at = 0

  constructor(text: string) {
    const body = text.replaceAll(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!DOCTYPE[^>]*>/g, '')
    const tokens = body.match(/<[^>]+>|[^<]+/g) ?? []
    this.#tokens = tokens.filter(token => token.startsWith('<') || token.trim() !== '')
  }

  plist(): PlistValue {
    const token = this.#tokens[this.#at]
    if (!/^<plist\b/.test(token ?? '')) this.#fail(token?.trim().slice(0, 40) ?? 'end of file')
    this.#at += 1
    const result = this.#value()
    this.#expect('</plist>')
    return result
  }

  #value(): PlistValue {
    const token = this.#tokens[this.#at++]
    switch (token) {
      case undefined:
        return this.#fail('end of file')
      case '<true/>':
      case '<false/>':
        return token === '<true/>'
      case '<array/>':
        return []
      case '<dict/>':
        return {}
      case '<string/>':
        return ''
      case '<string>':
      case '<date>':
      case '<data>':
        return this.#textUntil(token.replace('<', '</'))
      case '<integer>':
      case '<real>':
        return Number(this.#textUntil(token.replace('<', '</')))
      case '<array>':
        return this.#array()
      case '<dict>':
        return this.#dict()
      default:
        return this.#fail(token.trim().slice(0, 40))
    }
  }

  #array(): PlistValue {
    const items: PlistValue[] = []
    while (this.#tokens[this.#at] !== '</array>') items.push(this.#value())
    this.#at += 1
    return items
  }

  #dict(): PlistValue {
    const entries: [string, PlistValue][] = []
    while (this.#tokens[this.#at] !== '</dict>') {
      this.#expect('<key>')
      const key = this.#textUntil('</key>')
      entries.push([key, this.#value()])
    }
    this.#at += 1
    return Object.fromEntries(entries)
  }

  #textUntil(close: string): string {
    let text = ''
    while (this.#at < this.#tokens.length && this.#tokens[this.#at] !== close)
      text += this.#tokens[this.#at++]
    this.#expect(close)
    return decode(text)
  }

  #expect(token: string): void {
    const found = this.#tokens[this.#at]
    if (found !== token) this.#fail(`${found ?? 'end of file'}, expected ${token}`)
    this.#at += 1
  }

  #fail(why: string): never {
    throw new PlistError(`Unexpected ${why} at token ${this.#at}`)
  }
}

/** The value of a plist. Throws a PlistError for an invalid XML property list. */
export const parsePlist = (text: string): PlistValue => new PlistReader(text).plist()

/** One value as XML, each line indented. */
function elements(value: PlistValue, indent: string): string {
  if (typeof value === 'string') return `${indent}<string>${encode(value)}</string>\n`
  if (typeof value === 'number') {
    const tag = Number.isInteger(value) ? 'integer' : 'real'
    return `${indent}<${tag}>${value}</${tag}>\n`
  }
  if (typeof value === 'boolean') return `${indent}<${value}/>\n`
  const deeper = `${indent}\t`
  if (Array.isArray(value)) {
    const items = value.map((item: PlistValue) => elements(item, deeper))
    return `${indent}<array>\n${items.join('')}${indent}</array>\n`
  }
  const members = Object.entries(value).map(
    ([key, item]) => `${deeper}<key>${encode(key)}</key>\n${elements(item, deeper)}`,
  )
  return `${indent}<dict>\n${members.join('')}${indent}</dict>\n`
}

const doctype =
  '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" ' +
  '"http://www.apple.com/DTDs/PropertyList-1.0.dtd">'

/** An XML plist of a value. */
export const formatPlist = (value: PlistValue): string =>
  '<?xml version="1.0" encoding="UTF-8"?>\n' +
  `${doctype}\n<plist version="1.0">\n${elements(value, '')}</plist>\n`

/** A launchd job's plist as an installer writes it. */
export function launchdPlist(job: {
  label: string
  arguments: readonly string[]
  path?: string
  keepAlive?: boolean
  startInterval?: number
}): string {
  const { label, path, keepAlive, startInterval } = job
  const plist: Record<string, PlistValue> = { Label: label, ProgramArguments: job.arguments }
  if (path !== undefined) plist['EnvironmentVariables'] = { PATH: path }
  plist['RunAtLoad'] = true
  if (keepAlive !== undefined) plist['KeepAlive'] = keepAlive
  if (startInterval !== undefined) plist['StartInterval'] = startInterval
  return formatPlist(plist)
}
