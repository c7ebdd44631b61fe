// The contract of every runtime as a test suite, which the real runtime and the simulated one both
// run.
import { describe, expect, test } from 'vitest'
import type { Runtime } from '#src/model/runtime.ts'

/** A runtime, and a folder in which the tests may write. The folder exists or can be created. */
type Make = () => { runtime: Runtime; folder: string }

/** Registers the suite. */
export function runtimeContract(name: string, make: Make): void {
  describe(`${name} keeps the promises of a runtime:`, () => {
    homeAndClock(make)
    commands(make)
    files(make)
    connections(make)
  })
}

function homeAndClock(make: Make): void {
  test('its home is absolute, and its clock advances by a sleep', async () => {
    const { runtime } = make()
    expect(runtime.home).toMatch(/^\/./)
    const before = runtime.clock.now()
    await runtime.clock.sleep(15)
    expect(runtime.clock.now() - before).toBeGreaterThanOrEqual(14)
  })

  test('an aborted sleep rejects with the reason of its signal', async () => {
    const { runtime } = make()
    const reason = new Error('enough')
    await expect(runtime.clock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason)
    const control = new AbortController()
    const asleep = runtime.clock.sleep(2 ** 40, control.signal)
    control.abort(reason)
    await expect(asleep).rejects.toBe(reason)
  })

  test('its random numbers lie in [0, 1)', () => {
    const { runtime } = make()
    const draws = Array.from({ length: 50 }, () => runtime.random.next())
    expect(draws.filter(draw => !(draw >= 0 && draw < 1))).toEqual([])
    expect(new Set(draws).size).toBeGreaterThan(40)
  })
}

function commands(make: Make): void {
  test('a missing program is a value, not a rejection', async () => {
    const { runtime } = make()
    expect(
      await runtime.shell.run(['no-such-program-anywhere', '--help'], { deadline: 5000 }),
    ).toEqual({
      kind: 'missing',
      program: 'no-such-program-anywhere',
      tookMs: expect.any(Number),
    })
  })

  test('a command whose signal has aborted rejects with its reason', async () => {
    const { runtime } = make()
    const reason = new Error('enough')
    await expect(
      runtime.shell.run(['docker', 'ps'], { deadline: 5000, signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason)
  })
}

function files(make: Make): void {
  test('files are written, read, listed and removed; a missing one is no error', async () => {
    const {
      runtime: { files },
      folder,
    } = make()
    expect(await files.read(`${folder}/new/a`)).toBeUndefined()
    expect(await files.list(`${folder}/new`)).toEqual([])
    await files.write(`${folder}/new/b`, 'one')
    await files.write(`${folder}/new/a`, 'ä')
    await files.write(`${folder}/new/b`, 'two, longer')
    expect(await files.read(`${folder}/new/b`)).toBe('two, longer')
    expect((await files.list(`${folder}/new`)).map(({ name, bytes }) => [name, bytes])).toEqual([
      ['a', 2],
      ['b', 11],
    ])
    await files.remove(`${folder}/new/a`)
    await files.remove(`${folder}/new/a`)
    expect((await files.list(`${folder}/new`)).map(({ name }) => name)).toEqual(['b'])
  })

  test('`~` is its home', async () => {
    const {
      runtime: { files, home },
    } = make()
    await files.write('~/.holdfast-contract', 'here')
    expect(await files.read(`${home}/.holdfast-contract`)).toBe('here')
    await files.remove('~/.holdfast-contract')
    expect(await files.read(`${home}/.holdfast-contract`)).toBeUndefined()
  })
}

function connections(make: Make): void {
  test('a port without a listener refuses, over HTTP and TCP', async () => {
    const {
      runtime: { net },
    } = make()
    expect(await net.http('http://127.0.0.1:1/', { deadline: 5000 })).toMatchObject({
      kind: 'refused',
    })
    expect(await net.tcp({ host: '127.0.0.1', port: 1 }, { deadline: 5000 })).toMatchObject({
      kind: 'refused',
    })
  })

  test('a connection whose signal has aborted rejects with its reason', async () => {
    const {
      runtime: { net },
    } = make()
    const reason = new Error('enough')
    const options = { deadline: 5000, signal: AbortSignal.abort(reason) }
    await expect(net.http('http://127.0.0.1:1/', options)).rejects.toBe(reason)
    await expect(net.tcp({ host: '127.0.0.1', port: 1 }, options)).rejects.toBe(reason)
  })

  test('the same TLS material is the same pool', () => {
    const { runtime } = make()
    expect(runtime.dispatcher({ ca: 'x', verify: true })).toBe(
      runtime.dispatcher({ ca: 'x', verify: true }),
    )
  })
}
