// Read-only commands about named containers: inspect, port and exec.
import { docker as times } from '#lab/host/delays.ts'
import type { Io, Mac } from '#lab/host/mac.ts'
import type { Work } from '#lab/host/work.ts'
import { dial, type Dial } from './connect.ts'
import { find, isAlive } from './containers.ts'
import { render, TemplateError } from './format.ts'
import { inspection } from './inspect.ts'

/** What `inspect` prints. Throws a TemplateError if the template does not fit. */
function inspectText(
  objects: readonly Record<string, unknown>[],
  format: string | undefined,
): string {
  if (format === undefined)
    return objects.length === 0 ? '[]\n' : `${JSON.stringify(objects, null, 4)}\n`
  if (format === 'json') return objects.map(one => `${JSON.stringify(one)}\n`).join('')
  return objects.map(one => `${render(format, one)}\n`).join('') || '\n'
}

export function* inspect(
  mac: Mac,
  io: Io,
  to: Dial,
  names: readonly string[],
  format: string | undefined,
): Work<number> {
  const error = yield* dial(mac, to, `/containers/${names[0]}/json`)
  const found =
    error === undefined
      ? names.map(name => find(mac, name)).filter(container => container !== undefined)
      : []
  if (error === undefined) yield times.other - times.failure
  try {
    io.out(inspectText(found.map(inspection), format))
  } catch (failure) {
    if (!(failure instanceof TemplateError)) throw failure
    io.out('\n')
    throw new TemplateError(`template parsing error: ${failure.message}`)
  }
  if (error !== undefined) io.err(`${error}\n`)
  else
    for (const name of names)
      if (find(mac, name) === undefined) io.err(`Error: No such object: ${name}\n`)
  return found.length === names.length ? 0 : 1
}

export function* port(mac: Mac, io: Io, [name = '', wanted]: readonly string[]): Work<number> {
  yield times.other - times.failure
  const container = find(mac, name)
  if (container === undefined) {
    io.err(`Error response from daemon: No such container: ${name}\n`)
    return 1
  }
  const lines = container.ports
    .toSorted((a, b) => a.container - b.container)
    .flatMap(live =>
      (live.hostIp === '' ? ['0.0.0.0', '[::]'] : [live.hostIp]).map(ip => ({
        key: live.container,
        text: `${ip}:${live.host}`,
      })),
    )
  const asked = wanted?.replace('/tcp', '')
  const shown = lines.filter(line => asked === undefined || String(line.key) === asked)
  if (asked !== undefined && shown.length === 0) {
    io.err(`Error: No public port '${wanted}' published for ${name}\n`)
    return 1
  }
  for (const { key, text } of shown)
    io.out(asked === undefined ? `${key}/tcp -> ${text}\n` : `${text}\n`)
  return 0
}

/** Fails for every program, because Talos has neither a shell nor other programs. */
export function* exec(
  mac: Mac,
  io: Io,
  [name = '', program = '']: readonly string[],
): Work<number> {
  yield times.other
  const container = find(mac, name)
  if (container === undefined) {
    io.err(`Error response from daemon: No such container: ${name}\n`)
    return 1
  }
  if (!isAlive(container)) {
    io.err(`Error response from daemon: container ${container.id} is not running\n`)
    return 1
  }
  io.err(
    'OCI runtime exec failed: exec failed: unable to start container process: ' +
      `exec: "${program}": executable file not found in $PATH\n`,
  )
  return 127
}
