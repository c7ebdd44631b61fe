// `docker ps`: rows, their states in words, and the ports column.
import { now, type Container, type LivePort, type Mac } from '#lab/host/mac.ts'
import { aligned } from '#lab/host/table.ts'
import { humanDuration, render, TemplateError } from './format.ts'

export function stateText(mac: Mac, container: Container): string {
  if (container.status === 'created') return 'Created'
  if (container.status === 'exited')
    return `Exited (${container.exitCode}) ${humanDuration(now(mac) - container.finishedAt)} ago`
  if (container.status === 'restarting')
    return `Restarting (${container.exitCode}) ${humanDuration(now(mac) - container.finishedAt)} ago`
  return `Up ${humanDuration(now(mac) - container.startedAt)}${container.status === 'paused' ? ' (Paused)' : ''}`
}

/**
 * The ports column: equal ports of one address joined to ranges where they are neighbours, then the
 * unequal ones.
 * @source measured with Docker CLI 28.2.2
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
  const network =
    container.machine === undefined
      ? 'bridge'
      : container.name.replace(/-(controlplane|worker)-\d+$/, '')
  return {
    Command: '"/sbin/init"',
    CreatedAt: `${new Date(container.createdAt).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`,
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
  format?: string
  filters: readonly string[]
}

/** The output of `docker ps`. Throws a TemplateError for an unknown field. */
export function ps(mac: Mac, options: PsOptions): string {
  const names = options.filters
    .filter(filter => filter.startsWith('name='))
    .map(filter => filter.slice(5))
  const shown = mac.containers
    .filter(
      container =>
        options.all ||
        container.status === 'running' ||
        container.status === 'paused' ||
        container.status === 'restarting',
    )
    .filter(
      container => names.length === 0 || names.some(name => new RegExp(name).test(container.name)),
    )
    .map(container => row(mac, container, options.whole))
  if (options.quiet) return shown.map(one => `${one['ID']}\n`).join('')
  if (options.format === 'json') return shown.map(one => `${render('{{json .}}', one)}\n`).join('')
  if (options.format !== undefined) {
    const template = options.format
      .replaceAll(String.raw`\t`, '\t')
      .replaceAll(String.raw`\n`, '\n')
    return shown.map(one => `${psRender(template, one)}\n`).join('')
  }
  const head = ['CONTAINER ID', 'IMAGE', 'COMMAND', 'CREATED', 'STATUS', 'PORTS', 'NAMES']
  return aligned(
    [
      head,
      ...shown.map(one => [
        one['ID']!,
        one['Image']!,
        one['Command']!,
        one['RunningFor']!,
        one['Status']!,
        one['Ports']!,
        one['Names']!,
      ]),
    ],
    3,
    10,
  )
}

function psRender(template: string, one: Record<string, string>): string {
  const unknown = [...template.matchAll(/\{\{\s*\.(\w+)/g)].find(
    match => match[1] !== undefined && one[match[1]] === undefined,
  )
  if (unknown !== undefined)
    throw new TemplateError(
      `failed to execute template: template: :1:${unknown.index + 2}: executing "" at <.${unknown[1]}>: can't evaluate field ${unknown[1]} in type *formatter.ContainerContext`,
    )
  return render(template, one)
}
