// Installs the other peers at exact versions outside the repository.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { $ } from 'zx'
import { cache, run } from '#bench/peers/install.ts'

/** Exact versions: without them a table proves nothing. */
export const versions = { chainsaw: '0.2.15', 'krkn-lib': '6.1.4' } as const

/** Builds Chainsaw from its Go module, once, in some minutes. Needs Go. */
export function chainsaw(): string {
  const program = join(cache, `chainsaw-${versions.chainsaw}`)
  if (!existsSync(program)) {
    const folder = join(cache, 'chainsaw-build')
    mkdirSync(folder, { recursive: true })
    writeFileSync(
      join(folder, 'go.mod'),
      `module build\n\ngo 1.26\n\nrequire github.com/kyverno/chainsaw v${versions.chainsaw}\n`,
    )
    run(['go', 'build', '-o', program, 'github.com/kyverno/chainsaw'], {
      cwd: folder,
      env: { GOFLAGS: '-mod=mod', GOSUMDB: 'off' },
    })
  }
  return program
}

/** The Python with Krkn's library, whose pod scenario deletes and measures. */
export function krknPython(): string {
  const folder = join(cache, `krkn-lib-${versions['krkn-lib']}`)
  const python = join(folder, 'bin', 'python')
  if (!existsSync(join(folder, 'bin', 'pip'))) run(['python3', '-m', 'venv', folder])
  const loads = $.sync({ quiet: true, nothrow: true })`${python} -c ${'import krkn_lib.k8s'}`
  if (loads.exitCode !== 0) {
    run([join(folder, 'bin', 'pip'), 'install', '--quiet', `krkn-lib==${versions['krkn-lib']}`])
  }
  return python
}
