// `docker ps`: its rows, with states and ports as Docker prints them.
import { now, type Container, type LivePort, type Mac } from '#lab/host/mac.ts'
import { aligned } from '#lab/host/table.ts'
import { humanDuration, render, TemplateError } from './format.ts'
import { networkOf } from './inspect.ts'

export function stateText(mac: Mac, container: Container): string {
  const { status, exitCode, finishedAt, startedAt } = container
  const since = (at: number): string => humanDuration(now(mac) - at)
  switch (status) {
    case 'created':
      return 'Created'
    case 'exited':
      return `Exited (${exitCode}) ${since(finishedAt)} ago`
    case 'restarting':
      return `Restarting (${exitCode}) ${since(finishedAt)} ago`
    case 'running':
      return `Up ${since(startedAt)}`
    case 'paused':
      return `Up ${since(startedAt)} (Paused)`
  }
}

/**
 * The ports column. Ports with the same number on both sides come first, adjacent ones as a range,
 * then the others. @source measured with Docker CLI 28.2.2
 */
export function portsText(ports: readonly LivePort[]): string {
  const rows = ports.flatMap(port =>
    (port.hostIp === '' ? ['0.0.0.0', '[::]'] : [port.hostIp]).map(ip => ({
      ip,
      host: port.host,
      container: port.container,
    })),
  )
  const open = new Map<string, { first: number; last: number }>()
  const range = (first: number, last: number): string =>
    first === last ? String(first) : `${first}-${last}`
  const text = (ip: string, { first, last }: { first: number; last: number }): string =>
    `${ip}:${range(first, last)}->${range(first, last)}/tcp`
  const closed: string[] = []
  const unequal: string[] = []
  for (const { ip, host, container } of rows.toSorted(
    (a, b) => a.container - b.container || (a.ip < b.ip ? -1 : 1),
  )) {
    const group = open.get(ip)
    if (host !== container) unequal.push(`${ip}:${host}->${container}/tcp`)
    else if (group?.last === container - 1) group.last = container
    else {
      if (group !== undefined) closed.push(text(ip, group))
      open.set(ip, { first: container, last: container })
    }
  }
  return [...closed, ...[...open].map(([ip, group]) => text(ip, group)), ...unequal].join(', ')
}

function row(mac: Mac, container: Container, whole: boolean): Record<string, string> {
  const network = networkOf(container)
  const created = new Date(container.createdAt).toISOString().slice(0, 19).replace('T', ' ')
  return {
    Command: '"/sbin/init"',
    CreatedAt: `${created} +0000 UTC`,
    ID: whole ? container.id : container.id.slice(0, 12),
    Image: container.image,
    Labels: container.machine === undefined ? '' : `talos.cluster.name=${network},talos.owned=true`,
    LocalVolumes: '0',
    Mounts: '',
    Names: container.name,
    Networks: network,
    Ports: portsText(container.ports),
    RunningFor: `${humanDuration(now(mac) - container.createdAt)} ago`,
    Size: '0B',
    State: container.status,
    Status: stateText(mac, container),
  }
}

export interface PsOptions {
  all: boolean
  quiet: boolean
  whole: boolean
  format: string | undefined
  filters: readonly string[]
}

/** Heading and field of each column. */
const columns = [
  ['CONTAINER ID', 'ID'],
  ['IMAGE', 'Image'],
  ['COMMAND', 'Command'],
  ['CREATED', 'RunningFor'],
  ['STATUS', 'Status'],
  ['PORTS', 'Ports'],
  ['NAMES', 'Names'],
] as const

/** The output of `docker ps`. Throws a TemplateError for an unknown field. */
export function ps(mac: Mac, { all, quiet, whole, format, filters }: PsOptions): string {
  const names = filters.filter(filter => filter.startsWith('name=')).map(filter => filter.slice(5))
  const rows = mac.containers
    .filter(({ status }) => all || ['running', 'paused', 'restarting'].includes(status))
    .filter(({ name }) => names.length === 0 || names.some(text => new RegExp(text).test(name)))
    .map(container => row(mac, container, whole))
  if (quiet) return rows.map(one => `${one['ID']}\n`).join('')
  if (format !== undefined) return rows.map(one => `${formatted(format, one)}\n`).join('')
  const cells = rows.map(one => columns.map(([, field]) => one[field]!))
  return aligned([columns.map(([title]) => title), ...cells], 3, 10)
}

function formatted(format: string, one: Record<string, string>): string {
  if (format === 'json') return render('{{json .}}', one)
  const template = format.replaceAll(String.raw`\t`, '\t').replaceAll(String.raw`\n`, '\n')
  const unknown = [...template.matchAll(/\{\{\s*\.(\w+)/g)].find(
    match => match[1] !== undefined && one[match[1]] === undefined,
  )
  if (unknown === undefined) return render(template, one)
  const [, field] = unknown
  throw new TemplateError(
    `failed to execute template: template: :1:${unknown.index + 2}: executing "" at <.${field}>: ` +
      `can't evaluate field ${field} in type *formatter.ContainerContext`,
  )
}
