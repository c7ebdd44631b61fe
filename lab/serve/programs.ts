// The PATH folder of a served lab: a small executable for each program of the simulated host.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Programs that holdfast and operators run on such a host. Programs that every host has, like `sh`,
 * are not included.
 */
const names = [
  'colima',
  'docker',
  'ssh',
  'talosctl',
  'launchctl',
  'plutil',
  'ps',
  'pgrep',
  'kill',
] as const

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** Writes the executables, with `kubectl` for hosts that have no real one. Returns their names. */
export function writePrograms(
  folder: string,
  { socket, kubectl, node }: { socket: string; kubectl: boolean; node: string },
): readonly string[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const shim = join(import.meta.dirname, 'shim.ts')
  const all = [...names, ...(kubectl ? ['kubectl'] : [])]
  for (const name of all) {
    const command = `${quoted(node)} --no-warnings ${quoted(shim)} ${quoted(socket)} ${name}`
    writeFileSync(join(folder, name), `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o700 })
  }
  return all
}
