// Commands as real processes: their ends, their output, their deadlines and their process groups.
import { mkdtempSync, rmSync, readFileSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { liveShell } from './shell.ts'

const shell = liveShell()
const folder = mkdtempSync(join(tmpdir(), 'holdfast-shell-'))
afterAll(() => rmSync(folder, { recursive: true }))
const sh = (script: string, ...args: readonly string[]): string[] => [
  '/bin/sh',
  '-c',
  script,
  'sh',
  ...args,
]

/** Whether a process is there; one that has ended and was not waited for is not. */
function lives(pid: number): boolean {
  if (!existsSync('/proc')) {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }
  return (
    existsSync(`/proc/${pid}/stat`) &&
    !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  )
}

describe('a command that ends', () => {
  test('returns its exit code and both streams', async () => {
    const exit = await shell.run(sh('echo out; echo err >&2; exit 3'), { deadline: 5000 })
    expect(exit).toEqual({
      kind: 'exited',
      code: 3,
      stdout: 'out\n',
      stderr: 'err\n',
      tookMs: expect.any(Number),
    })
  })

  test('receives its arguments unchanged: no shell in between', async () => {
    const words = ['a b', '$HOME', '; exit 1', '*', "'", '']
    const exit = await shell.run(['printf', '%s|', ...words], { deadline: 5000 })
    expect(exit).toMatchObject({ stdout: words.map(word => `${word}|`).join('') })
  })

  test('reads the given stdin, or none', async () => {
    expect(await shell.run(['cat'], { deadline: 5000 })).toMatchObject({
      kind: 'exited',
      code: 0,
      stdout: '',
    })
    expect(await shell.run(['cat'], { deadline: 5000, stdin: 'ä line\n' })).toMatchObject({
      stdout: 'ä line\n',
    })
    expect(
      await shell.run(['true'], { deadline: 5000, stdin: 'x'.repeat(1_000_000) }),
    ).toMatchObject({ code: 0 })
  })

  test('prints plain English and finds Homebrew in any environment', async () => {
    const exit = await shell.run(sh('echo "$LC_ALL $LANG"; echo "$PATH"; echo "$HOME"'), {
      deadline: 5000,
    })
    const [language, path, home] = exit.kind === 'exited' ? exit.stdout.split('\n') : []
    expect({ language, home }).toEqual({ language: 'C C', home: process.env['HOME'] })
    expect(path?.split(':')).toEqual(
      expect.arrayContaining(['/opt/homebrew/bin', '/usr/local/bin']),
    )
    expect(path?.startsWith(process.env['PATH'] ?? '')).toBe(true)
  })

  test('by a signal has the exit code that a shell reports', async () => {
    expect(await shell.run(sh('echo last words; kill -9 $$'), { deadline: 5000 })).toMatchObject({
      kind: 'exited',
      code: 137,
      stdout: 'last words\n',
      stderr: '[ended by SIGKILL]\n',
    })
  })

  test('returns although a daemon that it started keeps its streams open', async () => {
    const exit = await shell.run(sh('sleep 30 & echo $!'), { deadline: 20_000 })
    const left = Number(exit.kind === 'exited' ? exit.stdout : Number.NaN)
    expect(exit).toMatchObject({ kind: 'exited', code: 0 })
    expect(lives(left)).toBe(true)
    process.kill(left)
  })
})

describe('a command that cannot start', () => {
  test('is missing when the program does not exist', async () => {
    expect(await shell.run(['holdfast-no-such-program', 'x'], { deadline: 5000 })).toEqual({
      kind: 'missing',
      program: 'holdfast-no-such-program',
      tookMs: expect.any(Number),
    })
    expect(await shell.run([join(folder, 'gone')], { deadline: 5000 })).toMatchObject({
      kind: 'missing',
    })
  })

  test('ends with 126 when the file is not executable', async () => {
    expect(await shell.run([folder], { deadline: 5000 })).toMatchObject({
      kind: 'exited',
      code: 126,
      stderr: expect.stringContaining('EACCES'),
    })
  })
})

describe.concurrent('a command that does not end', () => {
  test('is killed at its deadline with its descendants, even if it ignores SIGTERM', async () => {
    const exit = await shell.run(
      sh(`trap '' TERM; (trap '' TERM; sleep 60) & echo $! $$; while :; do sleep 60; done`),
      { deadline: 300 },
    )
    expect(exit).toEqual({
      kind: 'timed-out',
      stdout: expect.stringMatching(/^\d+ \d+\n$/),
      stderr: '',
      tookMs: expect.any(Number),
    })
    const pids = exit.kind === 'timed-out' ? exit.stdout.trim().split(' ').map(Number) : []
    await pause(20)
    expect(pids.map(lives)).toEqual([false, false])
  })

  test('is killed with a descendant that ignores SIGTERM and outlives it', async () => {
    const exit = await shell.run(
      sh(`(trap '' TERM; exec sleep 60 >/dev/null 2>&1) & echo $!; exec sleep 60`),
      { deadline: 300 },
    )
    const left = exit.kind === 'timed-out' ? Number(exit.stdout) : Number.NaN
    expect(left).toBeGreaterThan(0)
    await pause(20)
    expect(lives(left)).toBe(false)
  })

  test('is killed at once when its deadline has passed', async () => {
    expect(await shell.run(sh('sleep 60'), { deadline: 0 })).toMatchObject({ kind: 'timed-out' })
  })

  test('may clean up after SIGTERM', async () => {
    const exit = await shell.run(
      sh(`trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.02; done`),
      { deadline: 300 },
    )
    expect(exit).toMatchObject({ kind: 'timed-out', stdout: 'up\nbye\n' })
  })

  test('is killed when the signal aborts, and the run rejects with its reason', async () => {
    const control = new AbortController()
    const milestone = join(folder, 'pid')
    const work = shell.run(sh('echo $$ > "$1"; exec sleep 60', milestone), {
      deadline: 60_000,
      signal: control.signal,
    })
    while (!existsSync(milestone) || readFileSync(milestone, 'utf8') === '') await pause(5)
    control.abort(new Error('stop it'))
    await expect(work).rejects.toThrow('stop it')
    expect(lives(Number(readFileSync(milestone, 'utf8')))).toBe(false)
  })

  test('is not even started when the signal has aborted already', async () => {
    const milestone = join(folder, 'never')
    await expect(
      shell.run(['touch', milestone], {
        deadline: 5000,
        signal: AbortSignal.abort(new Error('too late')),
      }),
    ).rejects.toThrow('too late')
    expect(existsSync(milestone)).toBe(false)
  })
})

test('keeps the end of a flood, and says how much it cut', async () => {
  const exit = await shell.run(sh('head -c 9000000 /dev/zero | tr "\\0" x; echo; echo the end'), {
    deadline: 20_000,
  })
  const text = exit.kind === 'exited' ? exit.stdout : ''
  expect(text.slice(0, 48)).toBe('[cut: the first 4805705 bytes are not kept]\nxxxx')
  expect(text.endsWith('x\nthe end\n')).toBe(true)
  expect(text.length).toBe('[cut: the first 4805705 bytes are not kept]\n'.length + 4 * 2 ** 20)
})
