// The files of a served lab: where they are, and how changes reach both sides.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { X509Certificate } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Disk, filesOf } from '#lab/host/disk.ts'
import { VirtualClock } from '#lab/kernel/clock.ts'
import { makeCertificates } from './certificates.ts'
import { openCommands } from './commands.ts'
import { mirror } from './mirror.ts'
import { relocated } from './relocate.ts'

describe('moved paths', () => {
  const moves = [
    ['/Users/joel', '/t/home'],
    ['/Volumes', '/t/volumes'],
  ] as const

  test.each([
    ['/Users/joel', '/t/home'],
    ['/Users/joel/.kube/config', '/t/home/.kube/config'],
    ['/opt/bin:/Users/joel/.local/bin:/usr/bin', '/opt/bin:/t/home/.local/bin:/usr/bin'],
    ['<string>/Users/joel/x</string>', '<string>/t/home/x</string>'],
    ['/Volumes/a /Users/joel/b', '/t/volumes/a /t/home/b'],
    ['/Users/joelhooks/x', '/Users/joelhooks/x'],
    ['/backup/Users/joel', '/backup/Users/joel'],
    ['~/Users', '~/Users'],
  ])('%s becomes %s', (from, to) => {
    expect(relocated(from, moves)).toBe(to)
  })

  test('are moved in keys and lists too; values other than texts stay', () => {
    const run = (): void => {}
    expect(relocated({ '/Users/joel/a': ['/Volumes/b', 1, null], run }, moves)).toEqual({
      '/t/home/a': ['/t/volumes/b', 1, null],
      run,
    })
  })
})

describe('mirrored files', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-mirror-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  function newMirror() {
    const clock = new VirtualClock(Date.parse('2026-01-01T00:00:00Z'))
    const disk = new Disk(join(folder, 'home'), clock)
    return {
      clock,
      disk,
      path: (name: string) => join(folder, 'home', name),
      ...mirror(filesOf(disk), folder),
    }
  }

  test('are created, changed and removed as in the world', async () => {
    const { clock, disk, path, sync } = newMirror()
    disk.write('~/a/b', 'one')
    await sync()
    expect([readFileSync(path('a/b'), 'utf8'), statSync(path('a/b')).mtimeMs]).toEqual([
      'one',
      clock.now(),
    ])
    clock.advance(1_000)
    disk.write('~/a/b', 'two')
    await sync()
    expect(readFileSync(path('a/b'), 'utf8')).toBe('two')
    disk.remove('~/a/b')
    await sync()
    expect(existsSync(path('a/b'))).toBe(false)
  })

  test('are copied into the world after a change on the real disk', async () => {
    const { disk, path, sync } = newMirror()
    disk.write('~/config', 'one')
    await sync()
    writeFileSync(path('config'), 'mine')
    await sync()
    expect(disk.text('~/config')).toBe('mine')
    rmSync(path('config'))
    await sync()
    expect(disk.text('~/config')).toBeUndefined()
  })

  test('keep the real version if both sides changed one', async () => {
    const { clock, disk, path, sync } = newMirror()
    disk.write('~/config', 'one')
    await sync()
    clock.advance(1_000)
    disk.write('~/config', 'the world’s')
    writeFileSync(path('config'), 'mine')
    await sync()
    expect([disk.text('~/config'), readFileSync(path('config'), 'utf8')]).toEqual(['mine', 'mine'])
  })

  test('do not replace files of other programs', async () => {
    const { disk, path, sync } = newMirror()
    disk.write('~/a', 'a')
    await sync()
    writeFileSync(path('cache'), 'kubectl’s')
    await sync()
    expect([disk.text('~/cache'), readFileSync(path('cache'), 'utf8')]).toEqual([
      undefined,
      'kubectl’s',
    ])
  })
})

test('a socket with a path that is too long is refused with the remedy', async () => {
  const shell = { run: () => Promise.reject(new Error('no command runs here')) }
  await expect(openCommands(`/tmp/${'x'.repeat(120)}`, shell, async () => {})).rejects.toThrow(
    'Set TMPDIR to a folder with a shorter name',
  )
})

test('each lab signs its own certificates, for the loopback', () => {
  const now = Date.parse('2026-01-01T00:00:00Z')
  const [made, other] = [makeCertificates(now), makeCertificates(now)]
  const [ca, server, client, stranger] = [
    made.ca,
    made.server.cert,
    made.client.cert,
    other.client.cert,
  ].map(pem => new X509Certificate(pem))
  expect(
    [server, client, stranger].map(one => ca !== undefined && one?.verify(ca.publicKey)),
  ).toEqual([true, true, false])
  expect([
    ca?.ca,
    server?.ca,
    server?.checkIP('127.0.0.1'),
    server?.checkHost('localhost'),
    server?.checkIP('192.168.0.1'),
  ]).toEqual([true, false, '127.0.0.1', 'localhost', undefined])
  expect([client?.subject, server?.validTo]).toEqual([
    'O=system:masters\nCN=admin',
    'Jan  8 00:00:00 2026 GMT',
  ])
})
