// Commands over ssh: what is run here, what arrives there, and what is refused before anything is
// run.
import { describe, expect, test } from 'vitest'
import { messageOf, scripted } from '#tests/runtime/scripted.ts'
import { attemptThere, runThere, sshArgv } from './client.ts'

const base = '-o ConnectTimeout=3 -o BatchMode=yes'

describe('the command line', () => {
  test('asks nobody, waits 3 s for a connection, and leaves the rest to the configuration', () => {
    expect(sshArgv({ host: 'node-1' }, ['uptime']).join(' ')).toBe(`ssh ${base} node-1 -- uptime`)
  })

  test('with all that can be told', () => {
    expect(
      sshArgv(
        {
          host: '10.0.0.7',
          user: 'core',
          port: 2222,
          identity: '/keys/k3s',
          config: '/etc/ssh_config',
          mux: false,
        },
        ['uptime'],
      ).join(' '),
    ).toBe(
      `ssh -F /etc/ssh_config ${base} -o ControlPath=none -p 2222 -i /keys/k3s -l core 10.0.0.7 -- uptime`,
    )
  })

  test('every word arrives as one word, whatever is in it', () => {
    expect(sshArgv({ host: 'n' }, ['echo', "it's $HOME; rm -rf /", '`id`']).slice(-2)).toEqual([
      `'it'\\''s $HOME; rm -rf /'`,
      "'`id`'",
    ])
  })

  test.each(['-oProxyCommand=touch /tmp/x', '', 'a b', 'a;b', '$(id)', '-l'])(
    '“%s” is no host, and no user',
    name => {
      expect(() => sshArgv({ host: name }, ['true'])).toThrow('is no host for ssh')
      expect(() => sshArgv({ host: 'n', user: name }, ['true'])).toThrow('is no user for ssh')
    },
  )
})

describe('the end of a command', () => {
  const at = (answer: Parameters<typeof scripted>[0]) => scripted(answer, { deadline: 5_000 })

  test('is its own, with its exit code, where somebody answered', async () => {
    const { call } = at({
      commands: { [`ssh ${base} n -- false`]: { code: 3, stdout: 'inactive\n' } },
    })
    expect(await attemptThere(call, { host: 'n' }, ['false'])).toMatchObject({
      code: 3,
      stdout: 'inactive\n',
    })
    expect(await messageOf(runThere(call, { host: 'n' }, ['false']))).toBe(
      'ssh n false: exit 3: inactive',
    )
  })

  test.for([
    [
      'nobody listens',
      'ssh: connect to host n port 22: Connection refused\r\n',
      'ssh n true: exit 255: ssh: connect to host n port 22: Connection refused',
    ],
    [
      'the host is another than before',
      'Host key verification failed.\r\n',
      'ssh n true: exit 255: Host key verification failed.',
    ],
    [
      'no key is accepted',
      'core@n: Permission denied (publickey).\r\n',
      'ssh n true: exit 255: core@n: Permission denied (publickey).',
    ],
  ] as const)(
    'is ssh’s where %s: nothing is known of the far side',
    async ([, stderr, message]) => {
      const { call } = at({ commands: { [`ssh ${base} n -- true`]: { code: 255, stderr } } })
      expect(await messageOf(attemptThere(call, { host: 'n' }, ['true']))).toBe(message)
    },
  )

  test('does not come: it is killed at its deadline', async () => {
    const { call } = at({ commands: { [`ssh ${base} n -- true`]: 'silent' } })
    expect(await messageOf(attemptThere(call, { host: 'n' }, ['true']))).toBe(
      'ssh n true did not answer within 5.0 s and was killed',
    )
  })
})
