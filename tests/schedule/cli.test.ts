// `holdfast schedule` as its users run it: a process, its output and its exit code.
import { rmSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { holdfasts, temporary } from '#tests/project/process.ts'

const folder = temporary()
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const started = holdfasts(
  [
    ['schedule', 'install'],
    ['schedule', 'status'],
    ['schedule', 'install', '--target', 'container'],
    ['schedule', 'install', '--at', 'noon'],
    ['schedule', 'install', '--system'],
  ],
  { cwd: folder },
)

test('each end has its exit code', async () => {
  expect((await started).map(({ code }) => code)).toEqual([0, 2, 64, 64, 64])
})

test('a rehearsal says that it is one', async () => {
  const [rehearsed] = await started
  expect(rehearsed?.stdout).toMatch(/This was a rehearsal on the simulated host; --target live/)
})

test('a mistake is one message on stderr, and nothing is planned', async () => {
  const [, , container, hour] = await started
  expect(container).toMatchObject({ stdout: '', stderr: expect.stringContaining('--target live') })
  expect(hour).toMatchObject({
    stdout: '',
    stderr: 'holdfast: --at noon: give an hour and a minute, e.g. --at 03:17.\n',
  })
})
