// Commands over ssh: the local command line, the remote words, and names refused before any run.
import { describe, expect, test } from 'vitest'
import { messageOf, scripted } from '#tests/runtime/scripted.ts'
import { attemptThere, runThere, sshArgv } from './client.ts'

const base = '-o ConnectTimeout=3 -o BatchMode=yes'

describe('the command line', () => {
  test('never prompts, waits 3 s for a connection, and follows the configuration otherwise', () => {
    expect(sshArgv({ host: 'node-1' }, ['uptime']).join(' ')).toBe(`ssh ${base} node-1 -- uptime`)
  })

  test('carries every setting of a host', () => {
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
      `ssh -F /etc/ssh_config ${base} -o ControlPath=none -p 2222 -i /keys/k3s -l core 10.0.0.7 ` +
        '-- uptime',
    )
  })

  test('delivers every word as one word, whatever it contains', () => {
    expect(sshArgv({ host: 'n' }, ['echo', "it's $HOME; rm -rf /", '`id`']).slice(-2)).toEqual([
      `'it'\\''s $HOME; rm -rf /'`,
      "'`id`'",
    ])
  })

  test.each(['-oProxyCommand=touch /tmp/x', '', 'a b', 'a;b', '$(id)', '-l'])(
    'refuses “%s” as a host and as a user',
    name => {
      expect(() => sshArgv({ host: name }, ['true'])).toThrow('is not a valid ssh host')
      expect(() => sshArgv({ host: 'n', user: name }, ['true'])).toThrow('is not a valid ssh user')
    },
  )
})

describe('the end of a command', () => {
  const at = (answer: Parameters<typeof scripted>[0]) => scripted(answer, { deadline: 5_000 })

  test('keeps its exit code where the machine answered', async () => {
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
      'no server listens',
      'ssh: connect to host n port 22: Connection refused\r\n',
      'ssh to n failed: connection refused on port 22; start it or its sshd',
    ],
    [
      'the host key is unknown',
      'No ED25519 host key is known for n.\r\nHost key verification failed.\r\n',
      'ssh to n failed: its host key is unknown; connect once by hand',
    ],
    [
      'the host key changed',
      '@@@@@@@@@@\r\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\n' +
        '@@@@@@@@@@\r\nHost key verification failed.\r\n',
      'ssh to n failed: its host key has changed; compare it, then ssh-keygen -R',
    ],
    [
      'the name does not resolve',
      'ssh: Could not resolve hostname n: Name or service not known\r\n',
      'ssh to n failed: its name does not resolve; check the name and DNS',
    ],
    [
      'the machine does not answer',
      'ssh: connect to host n port 22: Connection timed out\r\n',
      'ssh to n failed: no answer on port 22; start it or check the network',
    ],
    [
      'no route leads there',
      'ssh: connect to host n port 22: No route to host\r\n',
      'ssh to n failed: no route on port 22; check its address',
    ],
    [
      'the configuration file is missing',
      "Can't open user config file /x/ssh.config: No such file or directory\r\n",
      'ssh to n failed: no configuration file; start the machine',
    ],
    [
      'sshd hangs up',
      'kex_exchange_identification: read: Connection reset by peer\r\n' +
        'Connection reset by 10.0.0.1 port 22\r\n',
      'ssh to n failed: it hangs up before the login; restart it or its sshd',
    ],
    [
      'ssh prints several lines of another kind',
      'Bad owner or permissions on /x/ssh.config\r\nsomething else\r\n',
      'ssh to n failed: something else; run “ssh n true” to see more',
    ],
    [
      'ssh prints nothing',
      '',
      'ssh to n failed: it printed no reason; run “ssh n true” to see more',
    ],
    [
      'no key is accepted',
      'core@n: Permission denied (publickey).\r\n',
      'ssh to n failed: our key is rejected; authorize it there',
    ],
  ] as const)('is an ssh failure where %s: the outcome is unknown', async ([, stderr, message]) => {
    const { call } = at({ commands: { [`ssh ${base} n -- true`]: { code: 255, stderr } } })
    expect(await messageOf(attemptThere(call, { host: 'n' }, ['true']))).toBe(message)
  })

  test('is a kill where it misses its deadline', async () => {
    const { call } = at({ commands: { [`ssh ${base} n -- true`]: 'silent' } })
    expect(await messageOf(attemptThere(call, { host: 'n' }, ['true']))).toBe(
      'ssh n true did not answer within 5.0 s and was killed',
    )
  })
})
