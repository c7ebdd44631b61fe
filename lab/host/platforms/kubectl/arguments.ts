// Arguments of the `kubectl` program.

/** Flags without a value. */
const bare = new Set([
  '--minify',
  '--raw',
  '--no-headers',
  '--client',
  '--flatten',
  '--merge',
  '-q',
  '--quiet',
])

export type Flags = ReadonlyMap<string, string>

/** Flags as `--name=value`, `--name value` or `-o value`; a flag without a value is `true`. */
export function parse(args: readonly string[]): { words: string[]; flags: Flags } {
  const words: string[] = []
  const flags = new Map<string, string>()
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index]!
    if (!word.startsWith('-')) {
      words.push(word)
      continue
    }
    const [name = '', ...rest] = word.split('=')
    if (rest.length > 0) flags.set(name, rest.join('='))
    else if (bare.has(name)) flags.set(name, 'true')
    else if (/^-o./.test(word)) flags.set('-o', word.slice(2))
    else flags.set(name, args[(index += 1)] ?? '')
  }
  return { words, flags }
}
