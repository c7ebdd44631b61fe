// Chaos Toolkit in a virtual environment of its own, outside of the tree: made once, at exactly
// these versions.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import { z } from 'zod'

/**
 * Exact versions: a table is worth nothing without them. What they stand on is asked for after the
 * installation.
 */
const wanted = {
  chaostoolkit: '1.19.0',
  'chaostoolkit-lib': '1.44.0',
  'chaostoolkit-kubernetes': '0.39.0',
} as const

/** Where the bench keeps what outlives a run. */
export const cache =
  env['HOLDFAST_BENCH_CACHE'] ??
  join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'holdfast-bench')
const folder = join(
  cache,
  `chaostoolkit-${wanted.chaostoolkit}-${wanted['chaostoolkit-kubernetes']}`,
)
const program = (name: string): string => join(folder, 'bin', name)

function run(argv: readonly string[]): string {
  const [command = '', ...args] = argv
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0)
    throw new Error(
      `${argv.join(' ')}: ${error?.message ?? stderr.trim().split('\n').at(-1) ?? ''}. It needs Python 3 with venv, and the network once.`,
    )
  return stdout
}

/** Installs it where it is not there yet. Returns its program and the versions that will run. */
export function chaosToolkit(): { chaos: string; versions: Readonly<Record<string, string>> } {
  if (!existsSync(program('chaos'))) {
    mkdirSync(cache, { recursive: true })
    run(['python3', '-m', 'venv', folder])
    run([
      program('pip'),
      'install',
      '--quiet',
      ...Object.entries(wanted).map(([name, version]) => `${name}==${version}`),
    ])
  }
  const there = new Map(
    z
      .array(z.object({ name: z.string(), version: z.string() }))
      .parse(
        JSON.parse(
          run([program('pip'), '--disable-pip-version-check', 'list', '--format', 'json']),
        ),
      )
      .map(({ name, version }) => [name, version]),
  )
  for (const [name, version] of Object.entries(wanted)) {
    if (there.get(name) !== version)
      throw new Error(
        `${folder} has ${name} ${there.get(name) ?? '(none)'}, not ${version}: remove it, it is made again`,
      )
  }
  return {
    chaos: program('chaos'),
    versions: {
      ...wanted,
      kubernetes: there.get('kubernetes') ?? 'unknown',
      Python: run([program('python'), '--version'])
        .trim()
        .replace('Python ', ''),
    },
  }
}
