// The lock of this machine, with real processes: one holder at a time, and the dead hold nothing.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  askHolderToStop,
  isKnownDead,
  lockedBy,
  acquireLock,
  type HeldLock,
  type LockHolder,
} from './lock.ts'

let folder: string
const children: ChildProcess[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-lock-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const occupant = (identity: string): LockHolder => ({
  identity,
  doing: `drill of ${identity}`,
  since: 5,
})
const sure = (result: HeldLock | LockHolder): HeldLock => {
  if (!('release' in result)) throw new Error(`held by ${result.identity}`)
  return result
}

/** Another process that tries to take the lock, says what it got, and lives until it is killed. */
async function other(identity: string): Promise<{ got: string; kill(): Promise<void> }> {
  const module = JSON.stringify(fileURLToPath(new URL('./lock.ts', import.meta.url)))
  const holder = JSON.stringify(occupant(identity))
  const script = `const { acquireLock } = await import(${module})
    const result = acquireLock(${JSON.stringify(folder)}, 'joelclaw', ${holder})
    console.log('release' in result ? 'held' : result.identity)
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const got = await new Promise<string>(resolve =>
    child.stdout.on('data', (text: Buffer) => resolve(text.toString().trim())),
  )
  return {
    got,
    kill: () =>
      new Promise(resolve => {
        child.once('exit', () => resolve())
        child.kill('SIGKILL')
      }),
  }
}

test('is held by one, free after its release, and leaves one small file', () => {
  const lock = sure(acquireLock(folder, 'joelclaw', occupant('a')))
  expect(acquireLock(folder, 'joelclaw', occupant('b'))).toEqual(occupant('a'))
  expect(lockedBy(folder, 'joelclaw')).toEqual(occupant('a'))
  sure(acquireLock(folder, 'tazlab', occupant('c'))).release()
  lock.release()
  expect(lockedBy(folder, 'joelclaw')).toBeUndefined()
  const again = sure(acquireLock(folder, 'joelclaw', occupant('b')))
  lock.release()
  expect([again.tookOver, lockedBy(folder, 'joelclaw')]).toEqual([undefined, occupant('b')])
  again.release()
  expect(readdirSync(folder).toSorted()).toEqual(['joelclaw.4', 'tazlab.2'])
})

test('is refused while its holder lives, and taken over once that is killed', async () => {
  const holder = await other('a')
  expect([holder.got, acquireLock(folder, 'joelclaw', occupant('b'))]).toEqual([
    'held',
    occupant('a'),
  ])
  await holder.kill()
  expect([
    lockedBy(folder, 'joelclaw'),
    isKnownDead(folder, 'joelclaw', 'a'),
    isKnownDead(folder, 'joelclaw', 'b'),
  ]).toEqual([undefined, true, false])
  const lock = sure(acquireLock(folder, 'joelclaw', occupant('b')))
  expect(lock.tookOver).toEqual(occupant('a'))
  expect((await other('c')).got).toBe('b')
  lock.release()
})

test('of a dead holder goes to one of several who want it at once', async () => {
  const holder = await other('a')
  await holder.kill()
  const got = (await Promise.all(['b', 'c', 'd', 'e'].map(other))).map(({ got: one }) => one)
  expect(got.filter(one => one === 'held')).toHaveLength(1)
})

test('of a process whose id was reused is free; a lock of another machine is not', () => {
  const stone = { ...occupant('a'), host: hostname(), pid: process.pid, started: 'at another time' }
  writeFileSync(join(folder, 'joelclaw.7'), JSON.stringify(stone))
  writeFileSync(join(folder, 'tazlab.7'), JSON.stringify({ ...stone, host: 'koala' }))
  expect([lockedBy(folder, 'joelclaw'), lockedBy(folder, 'tazlab')]).toEqual([
    undefined,
    occupant('a'),
  ])
  expect(sure(acquireLock(folder, 'joelclaw', occupant('b'))).tookOver).toEqual(occupant('a'))
})

test('that cannot be read is reported with the remedy, and is never free', () => {
  writeFileSync(join(folder, 'joelclaw.1'), 'rubbish')
  expect(() => acquireLock(folder, 'joelclaw', occupant('b'))).toThrow(
    `${join(folder, 'joelclaw.1')} is no lock of holdfast: if no holdfast is running, remove it`,
  )
})

test('carries a request to stop until the next holder takes it', () => {
  const lock = sure(acquireLock(folder, 'joelclaw', occupant('a')))
  expect(lock.stopAsked()).toBeUndefined()
  askHolderToStop(folder, 'joelclaw', 'ann@koala')
  expect(lock.stopAsked()).toBe('ann@koala')
  lock.release()
  expect(sure(acquireLock(folder, 'joelclaw', occupant('b'))).stopAsked()).toBeUndefined()
})
