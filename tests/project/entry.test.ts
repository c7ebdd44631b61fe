// Any Node may start the entry: it continues under the project's own Node, or states why it cannot.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env, execPath } from 'node:process'
import { afterAll, describe, expect, test } from 'vitest'
import { root } from './source.ts'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-entry-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const entry = join(root, 'bin', 'holdfast.mjs')

/** A timer's environment: only the system's PATH, and no HOME of a Node version manager. */
const bare = { PATH: '/usr/bin:/bin', NO_COLOR: '1' }

function started(program: string, args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    env: bare,
    encoding: 'utf8',
  })
  return { status, stdout: stdout.split('\n')[0], stderr: stderr.trim() }
}

/** A Node of the machine that cannot run TypeScript. Undefined if there is none. */
function oldNode(): string | undefined {
  const candidates = (env['PATH'] ?? '')
    .split(':')
    .filter(place => !place.includes('node_modules'))
    .map(place => join(place, 'node'))
  return candidates.find(
    program =>
      existsSync(program) &&
      spawnSync(program, ['-p', 'process.features.typescript'], { encoding: 'utf8' }).stdout !==
        'strip\n',
  )
}

const explained = { status: 0, stdout: 'fix uncordon', stderr: '' }

describe('the entry', () => {
  test('runs through a link', () => {
    const link = join(folder, 'holdfast')
    symlinkSync(entry, link)
    expect(started(execPath, [link, 'explain', 'uncordon'])).toEqual(explained)
  })

  test('continues under the carried Node when an old one starts it, from a bare PATH', context => {
    const old = oldNode()
    if (old === undefined) return context.skip('left out: every Node of this machine is new enough')
    expect(started(old, [entry, 'explain', 'uncordon'])).toEqual(explained)
    // Its exit code is the run's own.
    expect(started(old, [entry, 'check', '--only', 'nothing.here']).status).toBe(64)
  })

  test('says in one line what to do where no Node is new enough', context => {
    const old = oldNode()
    if (old === undefined) return context.skip('left out: every Node of this machine is new enough')
    const bin = join(folder, 'elsewhere', 'bin')
    mkdirSync(bin, { recursive: true })
    copyFileSync(entry, join(bin, 'holdfast.mjs'))
    const ended = started(old, [join(bin, 'holdfast.mjs'), 'check'])
    expect(ended).toMatchObject({ status: 70, stdout: '' })
    expect(ended.stderr).toMatch(
      new RegExp(
        String.raw`^holdfast: Node \S+ is too old, and the project's own Node is not installed\. ` +
          String.raw`Run once: node \S+install\.mjs$`,
      ),
    )
  })
})
