// Arguments of the `talosctl` program.
import type { Mac } from '#lab/host/mac.ts'

export interface Arguments {
  words: string[]
  /** Path of the talosconfig. */
  config: string
  endpoints: string[]
  nodes: string[]
  flags: Map<string, string>
}

const valued = new Set([
  '--talosconfig',
  '-e',
  '--endpoints',
  '-n',
  '--nodes',
  '--context',
  '-o',
  '--output',
  '--wait-timeout',
  '--force-context-name',
])

export function parse(mac: Mac, args: readonly string[]): Arguments {
  const parsed: Arguments = {
    words: [],
    config: `${mac.seed.home}/.talos/config`,
    endpoints: [],
    nodes: [],
    flags: new Map(),
  }
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index]!
    if (!word.startsWith('-')) {
      parsed.words.push(word)
      continue
    }
    const [name = '', ...rest] = word.split('=')
    let value = 'true'
    if (rest.length > 0) value = rest.join('=')
    else if (valued.has(name)) value = args[(index += 1)] ?? ''
    if (name === '--talosconfig') parsed.config = value
    else if (name === '-e' || name === '--endpoints') parsed.endpoints.push(...value.split(','))
    else if (name === '-n' || name === '--nodes') parsed.nodes.push(...value.split(','))
    else parsed.flags.set(name, value)
  }
  return parsed
}
