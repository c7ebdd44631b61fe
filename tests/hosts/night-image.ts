// holdfast as an image for tests, without a registry: this project, its Node, and the libraries
// that both load, in an archive that a node can import.
import { execFileSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from '#tests/project/source.ts'

export const nightImage = 'holdfast:night'

/** @source deploy/image/Dockerfile */
const parts = [
  'package.json',
  'vitest.config.ts',
  'tsconfig.json',
  'bin',
  'clusters',
  'helpers',
].concat(['lab', 'src', 'specs'])

/** Packages that only check the project. They make half of its weight. */
const left = /node_modules\/(\.cache|typescript|@typescript|@?oxlint|@?oxfmt|@cspell|jscpd|knip)/

/** Paths of the shared libraries that programs and add-ons load. */
function librariesOf(files: readonly string[]): readonly string[] {
  const found = files.flatMap(file =>
    execFileSync('ldd', [file], { encoding: 'utf8' }).match(/\/lib\S+/g),
  )
  return [...new Set(found.filter(path => path !== null))]
}

/** Builds the image from files in `folder`, and resolves with the path of its archive. */
export function buildNightImage(folder: string): string {
  const [files, archive] = [join(folder, 'files'), join(folder, 'night.tar')]
  const app = join(files, 'app')
  const put = (from: string, to: string): void => {
    mkdirSync(dirname(to), { recursive: true })
    cpSync(from, to, { recursive: true, verbatimSymlinks: true, filter: path => !left.test(path) })
  }
  for (const part of [...parts, 'node_modules']) put(join(root, part), join(app, part))
  const addOns = globSync('node_modules/{@rolldown,lightningcss*}/**/*.node', { cwd: root })
  const programs = [join(root, 'node_modules/.bin/node'), ...addOns.map(path => join(root, path))]
  for (const path of librariesOf(programs)) put(realpathSync(path), join(files, path))
  mkdirSync(join(files, 'etc'))
  mkdirSync(join(files, 'tmp'))
  writeFileSync(join(files, 'etc', 'passwd'), 'node:x:1000:1000::/tmp:/sbin/nologin\n')
  const entry = JSON.stringify(['/app/node_modules/.bin/node', '/app/bin/holdfast.mjs'])
  const settings = [`ENTRYPOINT ${entry}`, 'USER 1000:1000', 'WORKDIR /app']
  const packed = join(folder, 'files.tar')
  execFileSync('tar', ['-C', files, '-cf', packed, '.'])
  rmSync(files, { recursive: true })
  const change = settings.flatMap(setting => ['--change', setting])
  execFileSync('docker', ['import', ...change, packed, nightImage])
  rmSync(packed)
  execFileSync('docker', ['save', nightImage, '--output', archive])
  execFileSync('docker', ['rmi', '--force', nightImage])
  return archive
}
