// What every reach promises, as a suite: the same tests for the real world and for a simulated one.
import { describe, expect, test } from 'vitest'
import type { Runtime } from '#src/model/runtime.ts'

/**
 * Registers the suite. `folder`: an existing or possible folder of the reach that the tests may
 * write into.
 */
export function reachContract(
  name: string,
  make: () => { runtime: Runtime; folder: string },
): void {
  describe(`${name} keeps the promises of a reach:`, () => {
    test('its home is absolute, and its clock goes forward by what was slept', async () => {
      const { runtime } = make()
      expect(runtime.home).toMatch(/^\/./)
      const before = runtime.clock.now()
      await runtime.clock.sleep(15)
      expect(runtime.clock.now() - before).toBeGreaterThanOrEqual(14)
    })

    test('a sleep that is called off rejects with the signal’s own reason', async () => {
      const { runtime } = make()
      const reason = new Error('enough')
      await expect(runtime.clock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason)
      const control = new AbortController()
      const asleep = runtime.clock.sleep(2 ** 40, control.signal)
      control.abort(reason)
      await expect(asleep).rejects.toBe(reason)
    })

    test('its chance lies in [0, 1)', () => {
      const { runtime } = make()
      const draws = Array.from({ length: 50 }, () => runtime.random.next())
      expect(draws.filter(draw => !(draw >= 0 && draw < 1))).toEqual([])
      expect(new Set(draws).size).toBeGreaterThan(40)
    })

    test('a program that is not there is a value, not a rejection', async () => {
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

    test('files are written whole, read back, listed by name and removed; what is missing is no error', async () => {
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

    test('a port where nobody listens refuses, over HTTP and TCP', async () => {
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
  })
}
