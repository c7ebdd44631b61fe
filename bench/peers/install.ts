// Installs Chaos Toolkit at exact versions into a virtual environment outside the repository.
import { existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { env, exit, stderr } from 'node:process'
import { z } from 'zod'
import { $ } from 'zx'

/** Exact versions: without them a table proves nothing. */
const wanted = {
  chaostoolkit: '1.19.0',
  'chaostoolkit-lib': '1.44.0',
  'chaostoolkit-kubernetes': '0.39.0',
} as const

/** The folder for programs and builds that outlive a run. */
export const cache =
  env['HOLDFAST_BENCH_CACHE'] ??
  join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'holdfast-bench')
const folder = join(
  cache,
  `chaostoolkit-${wanted.chaostoolkit}-${wanted['chaostoolkit-kubernetes']}`,
)
const program = (name: string): string => join(folder, 'bin', name)

/** Runs a command and returns its stdout. Throws with the command's last words. */
export function run(
  words: readonly string[],
  options: { cwd?: string; env?: object } = {},
): string {
  const ended = $.sync({
    quiet: true,
    nothrow: true,
    cwd: options.cwd ?? cache,
    env: { ...env, ...options.env },
  })`${words}`
  if (ended.exitCode === 0) return ended.stdout
  const reason = ended.stderr.trim().split('\n').at(-1) ?? ''
  throw new Error(
    `${words.join(' ')} ended with ${ended.exitCode}: ${reason}. It needs the network once.`,
  )
}

/** Installs a program that the benchmark compares. Says so and ends where that is impossible. */
export function needed<T>(name: string, install: () => T): T {
  try {
    return install()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    stderr.write(`${name} is absent and cannot be installed here: ${reason}\n`)
    return exit(1)
  }
}

/** Installs Chaos Toolkit once, with Python 3 and venv. Returns its program and all versions. */
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
        `${folder} has ${name} ${there.get(name) ?? '(none)'}, not ${version}: ` +
          'remove that folder and start again',
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
