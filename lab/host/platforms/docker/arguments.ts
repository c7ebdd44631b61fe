// Arguments of the `docker` program.
import type { Update } from './container-commands.ts'
import { TemplateError } from './format.ts'

/** Options that take a value, by command. All other options are switches. */
const options: Record<string, { values: readonly string[]; switches: readonly string[] }> = {
  ps: {
    values: ['--format', '--filter', '-f'],
    switches: ['-a', '--all', '-q', '--quiet', '--no-trunc', '-aq', '-qa'],
  },
  info: { values: ['--format', '-f'], switches: [] },
  version: { values: ['--format', '-f'], switches: [] },
  inspect: { values: ['--format', '-f', '--type'], switches: ['-s', '--size'] },
  start: { values: [], switches: [] },
  stop: { values: ['-t', '--time', '--timeout', '-s', '--signal'], switches: [] },
  restart: { values: ['-t', '--time', '--timeout', '-s', '--signal'], switches: [] },
  kill: { values: ['-s', '--signal'], switches: [] },
  pause: { values: [], switches: [] },
  unpause: { values: [], switches: [] },
  update: { values: ['--restart', '--memory', '-m', '--memory-swap', '--cpus'], switches: [] },
  port: { values: [], switches: [] },
  exec: {
    values: ['-e', '--env', '-u', '--user', '-w', '--workdir'],
    switches: ['-i', '-t', '-it', '-ti', '-d', '--interactive', '--tty'],
  },
}

export const isCommand = (name: string): boolean => options[name] !== undefined

export interface Parsed {
  /** The value of the first of these options that the caller set. */
  flag(...names: readonly string[]): string | undefined
  words: readonly string[]
}

/** Parses the words after a known command. A text is docker's error about an unknown option. */
export function parse(command: string, args: readonly string[]): Parsed | string {
  const shape = options[command]!
  const flags = new Map<string, string>()
  const words: string[] = []
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index]!
    // Options after the container belong to the command of exec.
    if (!word.startsWith('-') || word === '-' || (command === 'exec' && words.length > 0)) {
      words.push(word)
      continue
    }
    const [name = '', ...rest] = word.split('=')
    if (shape.values.includes(name))
      flags.set(name, rest.length > 0 ? rest.join('=') : (args[(index += 1)] ?? ''))
    else if (shape.switches.includes(word)) flags.set(word, 'true')
    else
      return word.startsWith('--')
        ? `unknown flag: ${name}`
        : `unknown shorthand flag: '${word[1]}' in ${word}`
  }
  const flag: Parsed['flag'] = (...names) =>
    names.map(name => flags.get(name)).find(value => value !== undefined)
  return { flag, words }
}

/** A size as docker reads it: `18g`, `512m`, bytes. */
function size(text: string): number {
  const match = /^(-?\d+(?:\.\d+)?)\s*([bkmgt]?)(?:i?b)?$/i.exec(text)
  if (match === null)
    throw new TemplateError(
      `invalid argument "${text}" for "--memory" flag: invalid size: '${text}'`,
    )
  return Math.floor(Number(match[1]) * 1024 ** 'bkmgt'.indexOf((match[2] || 'b').toLowerCase()))
}

/** The changes that `docker update` asks for. Throws a TemplateError for an invalid size. */
export function updateOf(flag: Parsed['flag']): Update {
  const update: Update = {}
  const restart = flag('--restart')
  const memory = flag('--memory', '-m')
  const swap = flag('--memory-swap')
  const cpus = flag('--cpus')
  if (restart !== undefined) update.restart = restart
  if (memory !== undefined) update.memory = size(memory)
  if (swap !== undefined) update.memorySwap = swap === '-1' ? -1 : size(swap)
  if (cpus !== undefined) update.nanoCpus = Number(cpus) * 1e9
  return update
}
