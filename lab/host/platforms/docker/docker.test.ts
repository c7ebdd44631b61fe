// Docker: its output, its ports, its restart policies and its errors.
import { describe, expect, test } from 'vitest'
import { fixtureSeed, sock, sshConfig, createFixture, type HostFixture } from '#lab/host/fixture.ts'
import type { HostSeed } from '#lab/host/index.ts'
import { humanDuration, render, TemplateError } from './format.ts'
import { portsText } from './ps.ts'

const node = 'joelclaw-controlplane-1'
const docker = (at: HostFixture, ...args: string[]) => at.run(['docker', '-H', sock, ...args])
const out = async (at: HostFixture, ...args: string[]): Promise<string> => {
  const exit = await docker(at, ...args)
  return exit.kind === 'exited' ? exit.stdout.trim() : exit.kind
}

/** A seed with a plain container for each restart policy beside the node. */
function withPolicies(): HostSeed {
  const seed = fixtureSeed()
  const plain = (
    name: string,
    restartPolicy: 'no' | 'always' | 'unless-stopped' | 'on-failure',
  ) => ({
    name,
    image: 'web:1',
    restartPolicy,
    memoryBytes: 0,
    nanoCpus: 0,
    bindings: [],
    stopsWithin: 200,
  })
  return {
    ...seed,
    containers: [
      ...seed.containers,
      plain('norestart', 'no'),
      plain('always', 'always'),
      plain('unless', 'unless-stopped'),
      plain('onfail', 'on-failure'),
      plain('stopped', 'unless-stopped'),
    ],
  }
}

describe('published ports', () => {
  test('a restart moves random ports upward and keeps fixed ones', async () => {
    const at = createFixture()
    expect(await out(at, 'port', node)).toBe(
      '3000/tcp -> 0.0.0.0:9627\n' +
        '6443/tcp -> 0.0.0.0:32768\n' +
        '8108/tcp -> 0.0.0.0:8108\n' +
        '50000/tcp -> 0.0.0.0:32769',
    )
    expect(await docker(at, 'restart', node)).toEqual({
      kind: 'exited',
      code: 0,
      stdout: `${node}\n`,
      stderr: '',
      tookMs: 10_740,
    })
    expect(await out(at, 'port', node)).toBe(
      '3000/tcp -> 0.0.0.0:9627\n' +
        '6443/tcp -> 0.0.0.0:32770\n' +
        '8108/tcp -> 0.0.0.0:8108\n' +
        '50000/tcp -> 0.0.0.0:32771',
    )
    await at.context.clock.sleep(4000)
    expect([at.host.apiAt(32_768).kind, at.host.apiAt(32_770)]).toEqual([
      'refused',
      { kind: 'open', machine: at.machine, service: 'api' },
    ])
    expect(at.host.apiAt(32_771)).toEqual({ kind: 'open', machine: at.machine, service: 'talos' })
  })

  test('a new docker daemon assigns random ports from the start of the range', async () => {
    const at = createFixture()
    await docker(at, 'restart', node)
    await at.run(['ssh', '-F', sshConfig, 'lima-colima', 'sudo systemctl restart docker'])
    expect(await out(at, 'port', node, '6443')).toBe('0.0.0.0:32768')
  })

  test('only the live ports of a running container show the random host ports', async () => {
    const at = createFixture()
    expect(
      JSON.parse(await out(at, 'inspect', node, '--format', '{{json .HostConfig.PortBindings}}')),
    ).toEqual({
      '3000/tcp': [{ HostIp: '0.0.0.0', HostPort: '9627' }],
      '50000/tcp': [{ HostIp: '0.0.0.0', HostPort: '' }],
      '6443/tcp': [{ HostIp: '0.0.0.0', HostPort: '' }],
      '8108/tcp': [{ HostIp: '0.0.0.0', HostPort: '8108' }],
    })
    await docker(at, 'stop', node)
    expect(await out(at, 'inspect', node, '--format', '{{json .NetworkSettings.Ports}}')).toBe('{}')
  })

  test('the ports column joins adjacent equal ports and lists unequal ones last', () => {
    const at = (container: number, host = container, hostIp = '0.0.0.0') => ({
      container,
      host,
      hostIp,
    })
    expect(portsText([at(6443, 32_768, ''), at(8288), at(8289), at(3838)])).toBe(
      '0.0.0.0:3838->3838/tcp, 0.0.0.0:8288-8289->8288-8289/tcp, ' +
        '0.0.0.0:32768->6443/tcp, [::]:32768->6443/tcp',
    )
  })

  test('two containers cannot publish the same port', async () => {
    const seed = fixtureSeed()
    const at = createFixture({
      ...seed,
      containers: [
        ...seed.containers,
        {
          name: 'thief',
          image: 'x',
          restartPolicy: 'no',
          memoryBytes: 0,
          nanoCpus: 0,
          bindings: [{ container: 80, host: 8108, hostIp: '' }],
        },
      ],
    })
    const states = [
      await out(at, 'inspect', '-f', '{{.State.Status}}', node),
      await out(at, 'inspect', '-f', '{{.State.Status}}', 'thief'),
    ]
    expect(states.toSorted()).toEqual(['created', 'running'])
    const loser = states[0] === 'running' ? 'thief' : node
    expect(await docker(at, 'start', loser)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        new RegExp(
          String.raw`Bind for 0\.0\.0\.0:8108 failed: port is already allocated\n` +
            'Error: failed to start containers: ',
        ),
      ),
    })
  })
})

describe('restart policies', () => {
  const statuses = async (at: HostFixture): Promise<Record<string, string>> =>
    Object.fromEntries(
      (await out(at, 'ps', '-a', '--format', '{{.Names}}|{{.Status}}'))
        .split('\n')
        .map(line => [
          line.split('|')[0]!,
          line.split('|')[1]!.replace(/ \d.*$| (About|Less).*$/, ''),
        ]),
    )

  test.each(['colima restart', 'forced'])(
    'after %s: all but the policyless and the one that a person stopped',
    async how => {
      const at = createFixture(withPolicies())
      await docker(at, 'kill', 'stopped')
      if (how === 'forced') {
        await at.run('colima stop --force')
        await at.run('colima start')
      } else await at.run(how)
      expect(await statuses(at)).toEqual({
        [node]: 'Up',
        norestart: 'Exited (255)',
        always: 'Up',
        unless: 'Up',
        onfail: 'Up',
        stopped: 'Exited (137)',
      })
    },
  )

  test('a restart keeps names and ids', async () => {
    const at = createFixture()
    const before = await out(at, 'inspect', '-f', '{{.Id}} {{.Name}}', node)
    await at.run('colima restart')
    expect(await out(at, 'inspect', '-f', '{{.Id}} {{.Name}}', node)).toBe(before)
  })

  test('without a policy a node stays down after a forced stop until a docker start', async () => {
    const at = createFixture(fixtureSeed({ restartPolicy: 'no' }))
    await at.run('colima stop --force')
    await at.run('colima start')
    expect(
      await out(
        at,
        'inspect',
        '-f',
        '{{.State.Status}} {{.State.ExitCode}} {{.State.Running}}',
        node,
      ),
    ).toBe('exited 255 false')
    expect(await docker(at, 'start', node)).toMatchObject({ code: 0 })
    expect(
      await docker(
        at,
        'update',
        '--restart',
        'unless-stopped',
        '--memory=18g',
        '--memory-swap=18g',
        node,
      ),
    ).toMatchObject({ code: 0, stdout: `${node}\n` })
    expect(
      await out(
        at,
        'inspect',
        '--format',
        '{{.HostConfig.RestartPolicy.Name}} {{.HostConfig.Memory}} {{.HostConfig.MemorySwap}}',
        node,
      ),
    ).toBe('unless-stopped 19327352832 19327352832')
  })

  test('the policy restarts a crashed container in a second, but not a stopped one', async () => {
    const at = createFixture()
    const pid = await out(at, 'inspect', '-f', '{{.State.Pid}}', node)
    await at.run(['ssh', '-F', sshConfig, 'lima-colima', `sudo kill -KILL ${pid}`])
    expect(await out(at, 'inspect', '-f', '{{.State.Status}}', node)).toBe('restarting')
    await at.context.clock.sleep(1000)
    expect(await out(at, 'inspect', '-f', '{{.State.Status}} {{.RestartCount}}', node)).toBe(
      'running 1',
    )
    await docker(at, 'stop', node)
    await at.context.clock.sleep(60_000)
    expect(await out(at, 'inspect', '-f', '{{.State.Status}} {{.State.ExitCode}}', node)).toBe(
      'exited 137',
    )
    expect(at.nodeApiCalls.map(line => line.split(' ')[1])).toEqual([
      'started',
      'killed',
      'started',
      'stopped',
    ])
  })

  test('a task that a forced end of docker left cannot start before the next boot', async () => {
    const at = createFixture()
    at.host.faultControls.dropContainer(node)
    at.host.faultControls.container(node, { stuckTask: true })
    expect(await docker(at, 'start', node)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('already exists'),
    })
    await at.run('colima restart')
    expect(at.machine.state).toBe('running')
  })
})

describe('refusals', () => {
  test.each([
    [
      ['start', 'nope'],
      1,
      '',
      'Error response from daemon: No such container: nope\n' +
        'Error: failed to start containers: nope\n',
    ],
    [['stop', 'nope'], 1, '', 'Error response from daemon: No such container: nope\n'],
    [['inspect', 'nope'], 1, '[]\n', 'Error: No such object: nope\n'],
    [['inspect', '-f', '{{.State.Running}}', 'nope'], 1, '\n', 'Error: No such object: nope\n'],
    [['port', node, '99'], 1, '', `Error: No public port '99' published for ${node}\n`],
    [
      ['inspect', '-f', '{{.State.Nope}}', node],
      1,
      '\n',
      'template parsing error: template: :1:8: executing "" at <.State.Nope>: map has ' +
        'no entry for key "Nope"\n',
    ],
    [
      ['ps', '--format', '{{.Nope}}'],
      1,
      '',
      'failed to execute template: template: :1:2: executing "" at <.Nope>: can\'t ' +
        'evaluate field Nope in type *formatter.ContainerContext\n',
    ],
    [
      ['foo'],
      1,
      '',
      "docker: unknown command: docker foo\n\nRun 'docker --help' for more information\n",
    ],
    [
      ['ps', '--bogus'],
      125,
      '',
      'unknown flag: --bogus\n' +
        '\n' +
        'Usage:  docker ps [OPTIONS]\n' +
        '\n' +
        "Run 'docker ps --help' for more information\n",
    ],
    [
      ['exec', node, 'sh'],
      127,
      '',
      'OCI runtime exec failed: exec failed: unable to start container process: exec: ' +
        '"sh": executable file not found in $PATH\n',
    ],
    [
      ['update', '--memory', '20g', node],
      1,
      '',
      'Error response from daemon: Memory limit should be smaller than already set ' +
        'memoryswap limit, update the memoryswap at the same time\n',
    ],
    [
      ['update', '--cpus', '9', node],
      1,
      '',
      'Error response from daemon: range of CPUs is from 0.01 to 8.00, as there are ' +
        'only 8 CPUs available\n',
    ],
    [
      ['unpause', node],
      1,
      '',
      expect.stringMatching(/^Error response from daemon: Container [0-9a-f]{64} is not paused\n$/),
    ],
  ])('docker %j', async (args, code, stdout, stderr) => {
    expect(await docker(createFixture(), ...args)).toMatchObject({ code, stdout, stderr })
  })

  test('docker refuses to start a node that asks for more CPUs than the VM has', async () => {
    const at = createFixture()
    await docker(at, 'stop', node)
    at.host.faultControls.container(node, { nanoCpus: 9e9 })
    expect(await docker(at, 'start', node)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('only 8 CPUs available'),
    })
  })
})

test('the daemon completes a stop even if the client is killed', async () => {
  const at = createFixture()
  expect(await at.run(['docker', '-H', sock, 'stop', node], 2000)).toMatchObject({
    kind: 'timed-out',
    tookMs: 2000,
  })
  expect(at.machine.state).toBe('running')
  await at.context.clock.sleep(9000)
  expect(at.machine.state).toBe('stopped')
})

test('pause and unpause freeze and resume the node', async () => {
  const at = createFixture()
  await docker(at, 'pause', node)
  expect([at.machine.state, await out(at, 'ps', '--format', '{{.Status}}')]).toEqual([
    'paused',
    'Up About a minute (Paused)',
  ])
  expect((await at.host.net.http('http://127.0.0.1:8108/', { deadline: 500 })).kind).toBe('silent')
  await docker(at, 'unpause', node)
  expect(at.nodeApiCalls.map(line => line.split(' ')[1])).toEqual(['started', 'paused', 'resumed'])
})

test("a start empties the node's tmpfs before it boots the node", async () => {
  const at = createFixture()
  at.machine.files.set('/run/leftover', 'x')
  at.machine.files.set('/var/kept', 'y')
  await docker(at, 'restart', node)
  expect([...at.machine.files.keys()].toSorted()).toEqual(['/run/flannel/subnet.env', '/var/kept'])
})

test('docker’s socket starts a stopped docker at the next connection', async () => {
  const at = createFixture()
  const exit = await at.run(['ssh', '-F', sshConfig, 'lima-colima', 'sudo systemctl stop docker'])
  expect(exit).toMatchObject({
    code: 0,
    stderr:
      'Warning: Stopping docker.service, but it can still be activated by:\n  docker.socket\n',
  })
  expect(at.host.faultControls.vm().docker).toBe('stopped')
  expect(await out(at, 'ps', '--format', '{{.Names}}')).toBe(node)
})

describe('templates', () => {
  test('fields, json, index, len', () => {
    const value = { A: { B: 1, C: [{ D: 'x<y' }] }, M: { '80/tcp': [{ HostPort: '1' }] } }
    expect(
      render('{{.A.B}} {{json .A.C}} {{index .M "80/tcp" 0 "HostPort"}} {{len .M}} {{.M}}', value),
    ).toBe(String.raw`1 [{"D":"x\u003cy"}] 1 1 map[80/tcp:[map[HostPort:1]]]`)
    expect(() => render('{{frob .A}}', value)).toThrow(TemplateError)
  })

  test.each([
    [400, 'Less than a second'],
    [1000, '1 second'],
    [59_000, '59 seconds'],
    [90_000, 'About a minute'],
    [600_000, '10 minutes'],
    [3_600_000, 'About an hour'],
    [7_200_000, '2 hours'],
    [259_200_000, '3 days'],
    [2_592_000_000, '4 weeks'],
  ])('%d ms is %s', (ms, words) => {
    expect(humanDuration(ms)).toBe(words)
  })
})
