// XML property lists: the few elements that launchd's files have, read to plain values and written
// back.

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

/** The value of a plist. Throws a PlistError for invalid XML property lists. */
export function parsePlist(text: string): PlistValue {
  const body = text.replaceAll(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!DOCTYPE[^>]*>/g, '')
  const tokens =
    body.match(/<[^>]+>|[^<]+/g)?.filter(token => token.startsWith('<') || token.trim() !== '') ??
    []
  let at = 0
  const fail = (why: string): never => {
    throw new PlistError(`Unexpected ${why} at token ${at}`)
  }
  const expect = (token: string): void => {
    if (tokens[at] !== token) fail(`${tokens[at] ?? 'end of file'}, expected ${token}`)
    at += 1
  }
  const textUntil = (close: string): string => {
    let held = ''
    while (at < tokens.length && tokens[at] !== close) held += tokens[at++]
    expect(close)
    return decode(held)
  }
  const value = (): PlistValue => {
    const token = tokens[at++]
    if (token === undefined) return fail('end of file')
    if (token === '<true/>' || token === '<false/>') return token === '<true/>'
    if (token === '<array/>') return []
    if (token === '<dict/>') return {}
    if (token === '<string/>') return ''
    if (token === '<string>' || token === '<date>' || token === '<data>')
      return textUntil(token.replace('<', '</'))
    if (token === '<integer>' || token === '<real>')
      return Number(textUntil(token.replace('<', '</')))
    if (token === '<array>') {
      const items: PlistValue[] = []
      while (tokens[at] !== '</array>') items.push(value())
      at += 1
      return items
    }
    if (token !== '<dict>') return fail(token.trim().slice(0, 40))
    const entries: [string, PlistValue][] = []
    while (tokens[at] !== '</dict>') {
      expect('<key>')
      const key = textUntil('</key>')
      entries.push([key, value()])
    }
    at += 1
    return Object.fromEntries(entries)
  }
  if (!/^<plist\b/.test(tokens[at] ?? '')) fail(tokens[at]?.trim().slice(0, 40) ?? 'end of file')
  at += 1
  const result = value()
  expect('</plist>')
  return result
}

/** An XML plist of a value. */
export function formatPlist(value: PlistValue): string {
  const write = (held: PlistValue, indent: string): string => {
    if (typeof held === 'string') return `${indent}<string>${encode(held)}</string>\n`
    if (typeof held === 'number')
      return `${indent}<${Number.isInteger(held) ? 'integer' : 'real'}>${held}</${Number.isInteger(held) ? 'integer' : 'real'}>\n`
    if (typeof held === 'boolean') return `${indent}<${held}/>\n`
    if (Array.isArray(held))
      return `${indent}<array>\n${held.map((item: PlistValue) => write(item, `${indent}\t`)).join('')}${indent}</array>\n`
    return `${indent}<dict>\n${Object.entries(held)
      .map(([key, item]) => `${indent}\t<key>${encode(key)}</key>\n${write(item, `${indent}\t`)}`)
      .join('')}${indent}</dict>\n`
  }
  return `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n<plist version="1.0">\n${write(value, '')}</plist>\n`
}

/** A launchd job's plist as an installer writes it. */
export function launchdPlist(job: {
  label: string
  arguments: readonly string[]
  path?: string
  keepAlive?: boolean
  startInterval?: number
}): string {
  return formatPlist({
    Label: job.label,
    ProgramArguments: job.arguments,
    ...(job.path === undefined ? {} : { EnvironmentVariables: { PATH: job.path } }),
    RunAtLoad: true,
    ...(job.keepAlive === undefined ? {} : { KeepAlive: job.keepAlive }),
    ...(job.startInterval === undefined ? {} : { StartInterval: job.startInterval }),
  })
}
