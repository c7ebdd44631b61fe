// `journalctl` on a server: the journal of its unit as JSON.
import type { Io } from '#lab/host/mac.ts'
import { notModelled } from './not-modelled.ts'
import type { JournalEntry, Server } from './server.ts'

const names: Readonly<Record<string, string>> = {
  '-u': '--unit',
  '-n': '--lines',
  '-o': '--output',
  '-S': '--since',
}
const valued = new Set(['--unit', '--lines', '--output', '--output-fields', '--since'])
const switches = new Set(['--no-pager', '--quiet', '-q'])

/** The options by their long names, or the first word that the lab does not support. */
function parse(args: readonly string[]): ReadonlyMap<string, string> | string {
  const options = new Map<string, string>()
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index]!
    if (switches.has(word)) continue
    const [given = '', ...rest] = word.split('=')
    const name = names[given] ?? given
    if (!valued.has(name)) return word
    options.set(name, rest.length > 0 ? rest.join('=') : (args[(index += 1)] ?? ''))
  }
  return options
}

/** Every entry has these members. @source systemd, Journal JSON Format */
function lineOf(server: Server, { at, priority, text }: JournalEntry, index: number): string {
  const microseconds = (ms: number): string => String(Math.round(ms) * 1000)
  return JSON.stringify({
    __CURSOR: `s=${server.bootId};i=${(index + 1).toString(16)}`,
    __REALTIME_TIMESTAMP: microseconds(at),
    __MONOTONIC_TIMESTAMP: microseconds(at - server.bootedAt),
    _BOOT_ID: server.bootId,
    PRIORITY: String(priority),
    MESSAGE: text,
  })
}

/**
 * `journalctl --unit UNIT --output json [--output-fields MESSAGE,PRIORITY] [--lines N] [--since
 * @S]`. Users other than root see no lines, and journalctl still exits 0, as recorded.
 */
export function journalctl(server: Server, args: readonly string[], io: Io, root: boolean): number {
  const options = parse(args)
  if (typeof options === 'string') return notModelled(io, `journalctl ${options}`)
  const unit = options.get('--unit')?.replace(/\.service$/, '')
  const fields = options.get('--output-fields') ?? 'MESSAGE,PRIORITY'
  const since = /^@(\d+)$/.exec(options.get('--since') ?? '@0')?.[1]
  const modelled =
    unit !== undefined && options.get('--output') === 'json' && fields === 'MESSAGE,PRIORITY'
  if (!modelled || since === undefined) return notModelled(io, `journalctl ${args.join(' ')}`)
  if (!root || unit !== server.unit.seed.name) return 0
  const lines = server.journal
    .map((entry, index) => ({ at: entry.at, text: lineOf(server, entry, index) }))
    .filter(({ at }) => at >= Number(since) * 1000)
  for (const { text } of lines.slice(-Number(options.get('--lines') ?? lines.length)))
    io.out(`${text}\n`)
  return 0
}
