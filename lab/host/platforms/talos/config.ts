// The talosconfig, and `talosctl config`.
import { parse as parseYaml, stringify } from 'yaml'
import { now, type Io, type Mac } from '#lab/host/mac.ts'
import { aligned } from '#lab/host/table.ts'
import { copyOf } from '#lab/kernel/data.ts'
import type { Arguments } from './arguments.ts'

interface TalosContext {
  endpoints?: string[]
  nodes?: string[]
  ca?: string
  crt?: string
  key?: string
}

interface Talosconfig {
  context: string
  contexts: Record<string, TalosContext>
}

/** The last parsed text: commands read a config far more often than they change it. */
let last: { text: string; parsed: unknown } | undefined

/** A missing file is an empty config, as talosctl reads it. */
export function readConfig(mac: Mac, path: string): Talosconfig {
  const text = mac.disk.text(path) ?? ''
  if (last?.text !== text) last = { text, parsed: parseYaml(text) }
  // A copy, because the caller may change it.
  const copy = copyOf(last.parsed)
  if (copy === null || typeof copy !== 'object') return { context: '', contexts: {} }
  // Safe: only this program and the seeds of worlds write these files.
  const config = copy as Partial<Talosconfig>
  return { context: config.context ?? '', contexts: config.contexts ?? {} }
}

/** `talosctl config contexts|endpoint|node|info`. */
export function configure(mac: Mac, io: Io, verb: string, parsed: Arguments): number {
  const config = readConfig(mac, parsed.config)
  if (verb === 'contexts') {
    io.out(contextsTable(config))
    return 0
  }
  const name = parsed.flags.get('--context') ?? config.context
  const context = config.contexts[name]
  if (context === undefined) {
    io.err('no context is set\n')
    return 1
  }
  const member = /^(endpoint|node)s?$/.exec(verb)?.[1]
  if (member !== undefined) {
    const changed = { ...context, [`${member}s`]: parsed.words.slice(2) }
    const contexts = { ...config.contexts, [name]: changed }
    mac.disk.write(parsed.config, stringify({ ...config, contexts }, { lineWidth: 0 }))
    return 0
  }
  if (verb !== 'info') {
    io.err(`unknown command "${verb}" for "talosctl config"\n`)
    return 1
  }
  const json = (parsed.flags.get('-o') ?? parsed.flags.get('--output')) === 'json'
  io.out(contextInfo(mac, name, context, json))
  return 0
}

function contextsTable(config: Talosconfig): string {
  const rows = Object.entries(config.contexts)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([title, one]) => [
      title === config.context ? '*' : '',
      title,
      (one.endpoints ?? []).join(','),
      (one.nodes ?? []).join(','),
    ])
  return aligned([['CURRENT', 'NAME', 'ENDPOINTS', 'NODES'], ...rows], 3)
}

function contextInfo(
  mac: Mac,
  name: string,
  { nodes = [], endpoints = [] }: TalosContext,
  json: boolean,
): string {
  const today = new Date(now(mac))
  const ends = `${today.getUTCFullYear() + 1}${today.toISOString().slice(4, 10)}`
  if (json) {
    const info = {
      context: name,
      nodes,
      endpoints,
      roles: ['os:admin'],
      certTTL: '1 year from now',
      certNotAfter: ends,
    }
    return `${JSON.stringify(info, null, 2)}\n`
  }
  const list = (items: readonly string[]): string =>
    items.length === 0 ? 'not defined' : items.join(', ')
  return [
    `Current context:     ${name}`,
    `Nodes:               ${list(nodes)}`,
    `Endpoints:           ${list(endpoints)}`,
    'Roles:               os:admin',
    `Certificate expires: 1 year from now (${ends})`,
    '',
  ].join('\n')
}
