// Gives a misspelt member its name, and touches nothing else of the file.
import { isDeepStrictEqual } from 'node:util'
import { readManifests } from '../../helpers/manifests/index.ts'
import type { Manifest, Path } from '../../helpers/words/index.ts'

const isHolder = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** An object with one member under another name, at its place among the others. */
function renamed(value: unknown, [step, ...rest]: Path, name: string): unknown {
  if (step === undefined || !isHolder(value)) return value
  if (Array.isArray(value)) return value.map((item: unknown, index) => (index === step ? renamed(item, rest, name) : item))
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => (key !== String(step) ? [key, inner] : rest.length === 0 ? [name, inner] : [key, renamed(inner, rest, name)])))
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`)

/**
 * The text of a file in which the member at a path of its `index`th object is called `name`; undefined where that cannot be
 * done with certainty that nothing else changes.
 */
export function withName(file: string, text: string, index: number, path: Path, name: string): string | undefined {
  const read = (from: string): readonly Manifest[] => readManifests({ texts: new Map([[file, from]]) }).manifests
  const before = read(text)
  const manifest = before[index]
  const key = path.at(-1)
  if (manifest === undefined || typeof key !== 'string' || !/^\w+$/.test(name)) return undefined
  const { from } = manifest.where(path)
  // Between a key and its value there are a colon, blanks, comments, and what YAML writes before a value.
  const found = new RegExp(`(?<=^|[\\s{,])(["']?)${escaped(key)}\\1(?=\\s*:(?:\\s|#[^\\n]*\\n|[&!]\\S+)*$)`).exec(text.slice(0, from))
  if (found === null) return undefined
  const after = `${text.slice(0, found.index)}${found[1]}${name}${found[1]}${text.slice(found.index + found[0].length)}`
  const now = read(after)
  const expected = before.map(({ object }, at) => (at === index ? renamed(object, path, name) : object))
  return isDeepStrictEqual(now.map(({ object }) => object), expected) ? after : undefined
}
