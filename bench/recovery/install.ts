// The peers, each at one version, outside of the tree. Chaos Toolkit comes as for bench/peers.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cache } from '#bench/peers/install.ts'

/** Exact versions: a table is worth nothing without them. */
export const versions = { chainsaw: '0.2.15', 'krkn-lib': '6.1.4' } as const

function run(
  argv: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): void {
  const [command = '', ...args] = argv
  const { status, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    cwd,
    env: { ...process.env, ...environment },
  })
  if (status !== 0)
    throw new Error(
      `${argv.join(' ')}: ${error?.message ?? stderr.trim().split('\n').at(-1) ?? ''}`,
    )
}

/**
 * Chainsaw, built from its module; needs Go, once and for some minutes. Its checksums come with the
 * modules: a database of them is not asked.
 */
export function chainsaw(): string {
  const program = join(cache, `chainsaw-${versions.chainsaw}`)
  if (!existsSync(program)) {
    const folder = join(cache, 'chainsaw-build')
    mkdirSync(folder, { recursive: true })
    writeFileSync(
      join(folder, 'go.mod'),
      `module build\n\ngo 1.26\n\nrequire github.com/kyverno/chainsaw v${versions.chainsaw}\n`,
    )
    run(['go', 'build', '-o', program, 'github.com/kyverno/chainsaw'], folder, {
      GOFLAGS: '-mod=mod',
      GOSUMDB: 'off',
    })
  }
  return program
}

/**
 * The Python in which Krkn's own library lives: what its pod scenario deletes and measures with.
 */
export function krknPython(): string {
  const folder = join(cache, `krkn-lib-${versions['krkn-lib']}`)
  const python = join(folder, 'bin', 'python')
  if (!existsSync(join(folder, 'bin', 'pip'))) run(['python3', '-m', 'venv', folder], cache)
  if (spawnSync(python, ['-c', 'import krkn_lib.k8s']).status !== 0)
    run(
      [join(folder, 'bin', 'pip'), 'install', '--quiet', `krkn-lib==${versions['krkn-lib']}`],
      cache,
    )
  return python
}
