// Installs what is missing, with any Node and npm, and says so. Quiet and quick when everything is
// there.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const stamp = join(root, 'node_modules', '.holdfast-installed')
const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex')
const wanted = `${lock} ${process.platform}-${process.arch}\n`

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  process.stderr.write(
    'holdfast: installing what is missing: how long it takes depends on the network …\n',
  )
  const npm = process.env.npm_execpath
  const [program, before] = npm && npm.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []]
  // The lockfile decides and is left alone; scripts of packages never run (.npmrc). "npm ci" would
  // install the same, but it first removes node_modules, and with it the Node that other processes
  // of the project run on.
  const done = spawnSync(program, [...before, 'install', '--no-save', '--no-fund', '--no-audit'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (done.status !== 0) {
    process.stderr.write(
      'holdfast: npm install failed (see above). It needs npm 7 or newer, a package registry ' +
        'and a writable node_modules; then run the same command again.\n',
    )
    process.exit(70)
  }
  if (!existsSync(join(root, 'node_modules', '.bin', 'node'))) {
    process.stderr.write(
      `holdfast: there is no carried Node for ${process.platform}-${process.arch}; it runs on ` +
        'Linux and macOS, x64 and arm64.\n',
    )
    process.exit(70)
  }
  writeFileSync(stamp, wanted)
}

// npx finds it here. Without this it links the project into a cache of its own, and never looks
// again where the program is.
const link = join(root, 'node_modules', '.bin', 'holdfast')
if (!existsSync(link)) {
  rmSync(link, { force: true })
  symlinkSync(join('..', '..', 'bin', 'holdfast.mjs'), link)
}

// The gate starts faster as one file. Where only this file is there yet, as in the first step of an
// image, there is nothing to bundle.
const bundle = join(root, 'src', 'cli', 'bundle.ts')
if (existsSync(bundle))
  spawnSync(join(root, 'node_modules', '.bin', 'node'), [bundle], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
