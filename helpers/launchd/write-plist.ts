// Writes XML property lists: the few elements that a job needs.

export type PlistValue =
  | string
  | number
  | boolean
  | readonly PlistValue[]
  | { readonly [key: string]: PlistValue }

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** A value as lines, two spaces deeper at each level. */
function linesOf(value: PlistValue): readonly string[] {
  if (typeof value === 'string') return [`<string>${escaped(value)}</string>`]
  if (typeof value === 'number') return [`<integer>${value}</integer>`]
  if (typeof value === 'boolean') return [`<${value}/>`]
  const deeper = (lines: readonly string[]): readonly string[] => lines.map(line => `  ${line}`)
  if (Array.isArray(value)) {
    const items: readonly PlistValue[] = value
    return ['<array>', ...deeper(items.flatMap(linesOf)), '</array>']
  }
  const members = Object.entries(value).flatMap(([key, member]) => [
    `<key>${escaped(key)}</key>`,
    ...linesOf(member),
  ])
  return ['<dict>', ...deeper(members), '</dict>']
}

/**
 * A property list of whole numbers, texts, switches, lists and members, with `comment` below its
 * first lines. A comment must not contain two dashes in a row. @source XML 1.0, comments
 */
export const plistText = (value: PlistValue, comment: string): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" ' +
      '"http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    `<!-- ${comment} -->`,
    '<plist version="1.0">',
    ...linesOf(value),
    '</plist>',
    '',
  ].join('\n')
