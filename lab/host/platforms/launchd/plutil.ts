// `plutil`: reads and converts property lists.
import { tool } from '#lab/host/delays.ts'
import type { Program } from '#lab/host/mac.ts'
import { parsePlist, PlistError } from './plist.ts'

const jsonError =
  'JSON error: JSON text did not start with array or object ' +
  'and option to allow fragments not set.'

/** `plutil -convert json -o - FILE` and `plutil -lint FILE`. */
export const plutil: Program = function* plutil(mac, args, io) {
  yield tool
  const values = new Set(['-convert', '-o', '-e'])
  const files = args.filter(
    (word, index) => !word.startsWith('-') && !values.has(args[index - 1] ?? ''),
  )
  let code = 0
  for (const file of files) {
    const text = mac.disk.text(file)
    if (text === undefined) {
      io.err(`${file}: file does not exist or is not readable or is not a regular file\n`)
      code = 1
      continue
    }
    try {
      const value = parsePlist(text)
      if (args.includes('-lint')) io.out(`${file}: OK\n`)
      else if (args.includes('json')) io.out(JSON.stringify(value))
      else io.out(text)
    } catch (error) {
      if (!(error instanceof PlistError)) throw error
      io.err(`${file}: Property List error: ${error.message} / ${jsonError}\n`)
      code = 1
    }
  }
  return code
}
