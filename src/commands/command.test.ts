// Commands run through a runtime: their ends as values or errors, and their retries.
import { describe, expect, test } from 'vitest'
import { attempt, CommandError, parsed, retrying, run } from './command.ts'
import { ForbiddenAct } from './forbidden-act.ts'
import { messageOf, scripted } from '#tests/runtime/scripted.ts'

const portForward = { name: 'port-forward', description: 'forward a port', why: 'it ends silently' }

describe('run', () => {
  test('resolves with stdout and hands deadline and stdin to the shell', async () => {
    const { call, asked } = scripted({ commands: { 'cat -': { stdout: 'hello\n' } } })
    expect(await run(call, ['cat', '-'], { stdin: 'hello\n' })).toBe('hello\n')
    expect(asked).toEqual([{ argv: ['cat', '-'], deadline: 10_000, stdin: 'hello\n' }])
  })

  test('turns an exit code other than 0 into an error with the first line of stderr', async () => {
    const { call } = scripted({
      commands: {
        'docker inspect gone': {
          code: 1,
          stdout: '[]\n',
          stderr: '\nError: No such object: gone\nSee docker --help\n',
        },
      },
    })
    expect(await messageOf(run(call, ['docker', 'inspect', 'gone']))).toBe(
      'docker inspect gone: exit 1: No such object: gone',
    )
  })

  test('quotes stdout if stderr is empty, and says so if both are', async () => {
    const { call } = scripted({
      commands: { 'a b': { code: 2, stdout: 'trouble\n' }, c: { code: 3 } },
    })
    expect(await messageOf(run(call, ['a', 'b']))).toBe('a b: exit 2: trouble')
    expect(await messageOf(run(call, ['c']))).toBe('c: exit 3: it said nothing')
  })

  test('silence and a missing program have words of their own', async () => {
    const { call } = scripted({
      commands: { 'colima status': 'silent', 'talosctl version': 'missing' },
    })
    expect(await messageOf(run(call, ['colima', 'status']))).toBe(
      'colima status did not answer within 10.0 s and was killed',
    )
    expect(await messageOf(run(call, ['talosctl', 'version']))).toBe(
      'talosctl is not installed or not on the PATH',
    )
  })

  test('the error keeps the end for those who decide by it', async () => {
    const { call } = scripted({ commands: { false: { code: 1 } } })
    const error = await run(call, ['false']).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(CommandError)
    expect(error).toMatchObject({ command: 'false', exit: { kind: 'exited', code: 1 } })
  })
})

test('attempt resolves with any end', async () => {
  const { call } = scripted({ commands: { false: { code: 1, stderr: 'no\n' }, gone: 'missing' } })
  expect(await attempt(call, ['false'])).toEqual({
    kind: 'exited',
    code: 1,
    stdout: '',
    stderr: 'no\n',
    tookMs: 40,
  })
  expect(await attempt(call, ['gone'])).toEqual({ kind: 'missing', program: 'gone', tookMs: 1 })
})

test('what is no JSON is quoted', () => {
  expect(() => parsed('talosctl config info', '  no context is set\n')).toThrow(
    'talosctl config info did not print JSON: “no context is set”',
  )
})

describe('retrying', () => {
  test('pauses on the runtime’s clock between attempts, not after the last one', async () => {
    const { call, slept } = scripted({ impatient: true })
    let tries = 0
    const read = async (): Promise<string> => {
      tries += 1
      if (tries < 3) throw new Error(`try ${tries}`)
      return `try ${tries}`
    }
    expect(await retrying(call, read, { times: 3, every: '2 s' })).toBe('try 3')
    expect(slept).toEqual([2000, 2000])
  })

  test('rejects with the last error when all tries fail', async () => {
    const { call, slept } = scripted({ impatient: true })
    let tries = 0
    expect(
      await messageOf(
        retrying(
          call,
          async () => {
            tries += 1
            throw new Error(`try ${tries}`)
          },
          { times: 2, every: '500 ms' },
        ),
      ),
    ).toBe('try 2')
    expect(slept).toEqual([500])
  })

  test.for([
    [
      'a missing program',
      new CommandError(
        'x',
        { kind: 'missing', program: 'x', tookMs: 1 },
        'x is not installed or not on the PATH',
      ),
    ],
    ['a forbidden act', new ForbiddenAct(portForward, 'kubectl port-forward')],
  ] as const)('does not wait for %s', async ([, error]) => {
    const { call, slept } = scripted({ impatient: true })
    let tries = 0
    await expect(
      retrying(
        call,
        async () => {
          tries += 1
          throw error
        },
        { times: 5, every: '1 s' },
      ),
    ).rejects.toBe(error)
    expect({ tries, slept }).toEqual({ tries: 1, slept: [] })
  })

  test('an aborted signal ends the pause with its reason', async () => {
    const control = new AbortController()
    const { call } = scripted({}, { signal: control.signal })
    const work = retrying(
      call,
      async () => {
        throw new Error('down')
      },
      { times: 5, every: '1 s' },
    )
    setImmediate(() => control.abort(new Error('time is up')))
    expect(await messageOf(work)).toBe('time is up')
  })
})
