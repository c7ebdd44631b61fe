// Colima's output for each state of the VM, compared row by row with recordings.
import { describe, expect, test } from 'vitest'
import { fixtureSeed, sock, sshConfig, createFixture, type HostFixture } from '#lab/host/fixture.ts'
import type { FaultControls } from '#lab/host/index.ts'

const stopped = (): HostFixture => createFixture(fixtureSeed(), { booted: false })
const never = (): HostFixture =>
  createFixture(
    { ...fixtureSeed(), vm: { ...fixtureSeed().vm, created: false } },
    { booted: false },
  )

/**
 * The result of a command in one line: exit code, stdout, and the messages of stderr without times.
 */
async function ends(
  at: HostFixture,
  command: string | readonly string[],
  deadline = 40_000,
): Promise<string> {
  const exit = await at.run(command, deadline)
  if (exit.kind === 'missing') return 'missing'
  const messages = `${exit.stdout}${exit.stderr}`
    .replaceAll(/time="[^"]*" /g, '')
    .replaceAll('\r', '')
    .trim()
  return exit.kind === 'timed-out' ? `hangs: ${messages}` : `${exit.code}: ${messages}`
}

describe('a machine that was never created', () => {
  test.each([
    ['colima status', '1: level=fatal msg="colima is not running"'],
    ['colima status --json', '1: level=fatal msg="colima is not running"'],
    ['colima list --json', '0: '],
    [
      'colima stop',
      '0: level=info msg="stopping colima"\n' +
        'level=info msg="not running" context=vm\n' +
        'level=info msg=done',
    ],
    [
      'colima stop --force',
      '1: level=fatal msg="open /Users/joel/.colima/_lima/colima/lima.yaml: no such ' +
        'file or directory"\n' +
        'level=info msg="stopping colima"\n' +
        'level=info msg="stopping ..." context=vm\n' +
        'level=fatal msg="error stopping vm: error at \'stopping\': exit status 1"',
    ],
    ['colima restart', '1: level=fatal msg="instance \'colima\' does not exist"'],
    ['colima ssh -- df -h /', '1: level=fatal msg="colima not running"'],
    [
      'colima ssh-config',
      '1: level=fatal msg="error retrieving ssh config: error retrieving Lima SSH ' +
        "config file for profile 'colima': open " +
        '/Users/joel/.colima/_lima/colima/ssh.config: no such file or directory"',
    ],
    [
      `ssh -F ${sshConfig} lima-colima true`,
      `255: Can't open user config file ${sshConfig}: No such file or directory`,
    ],
  ])('%s', async (command, expected) => {
    expect(await ends(never(), command)).toBe(expected)
  })
})

describe('a stopped machine', () => {
  test.each([
    ['colima status --json', '1: level=fatal msg="colima is not running"'],
    [
      'colima list --json',
      '0: {"name":"default","status":"Stopped","arch":"aarch64","cpus":8,' +
        '"memory":25769803776,"disk":107374182400}',
    ],
    [
      'colima version',
      '0: colima version v0.10.0\ngit commit: 0000000000000000000000000000000000000000',
    ],
    [
      'colima stop',
      '0: level=info msg="stopping colima"\n' +
        'level=info msg="not running" context=vm\n' +
        'level=info msg=done',
    ],
    ['colima ssh -- df -h /', '1: level=fatal msg="colima not running"'],
    [
      `docker -H ${sock} ps`,
      `1: Cannot connect to the Docker daemon at ${sock}. Is the docker daemon running?`,
    ],
  ])('%s', async (command, expected) => {
    expect(await ends(stopped(), command)).toBe(expected)
  })

  test('after a stop, ssh-config prints the last start’s file, whose port refuses', async () => {
    const at = createFixture()
    const { sshPort } = at.host.faultControls.vm()
    await at.run('colima stop')
    expect(await ends(at, 'colima ssh-config')).toContain(
      `Host colima\n  IdentityFile "/Users/joel/.colima/_lima/_config/user"`,
    )
    expect(await ends(at, 'colima ssh-config')).toContain(`Port ${sshPort}`)
    expect(await ends(at, `ssh -F ${sshConfig} lima-colima true`)).toBe(
      `255: ssh: connect to host 127.0.0.1 port ${sshPort}: Connection refused`,
    )
    expect(at.nodeApiCalls).toEqual(['0 started', '72.09 stopped'])
  })

  test('a graceful stop leaves ha.sock, a forced one both dead docker.sock files', async () => {
    const names = async (at: HostFixture): Promise<string[]> => [
      ...(await at.host.files.list('~/.colima/_lima/colima')).map(file => file.name),
      ...(await at.host.files.list('~/.colima/default')).map(file => `default/${file.name}`),
    ]
    const graceful = createFixture()
    await graceful.run('colima stop')
    expect(await names(graceful)).toEqual(['ha.sock', 'ssh.config'])
    const forced = createFixture()
    await forced.run('colima stop --force')
    expect(await names(forced)).toEqual(['ssh.config', 'default/docker.sock'])
  })
})

test('status logs text to stderr as v0.10.0 does', async () => {
  const messages = [
    'colima is running using macOS Virtualization.Framework',
    'arch: aarch64',
    'runtime: docker',
    'mountType: virtiofs',
    'address: 192.168.64.2',
    'docker socket: unix:///Users/joel/.colima/default/docker.sock',
    'containerd socket: unix:///Users/joel/.colima/default/containerd.sock',
  ]
  expect(await createFixture().run('colima status')).toEqual({
    kind: 'exited',
    code: 0,
    stderr: messages
      .map(message => `time="2026-11-21T10:01:02Z" level=info msg="${message}"\n`)
      .join(''),
    stdout: '',
    tookMs: 2000,
  })
})

test('status --json has no ip_address without a network address', async () => {
  const { ipAddress: _none, ...vm } = fixtureSeed().vm
  const exit = await createFixture({ ...fixtureSeed(), vm }).run('colima status --json')
  expect(exit.kind === 'exited' && Object.keys(JSON.parse(exit.stdout))).toEqual([
    'display_name',
    'driver',
    'arch',
    'runtime',
    'mount_type',
    'docker_socket',
    'containerd_socket',
    'kubernetes',
    'cpu',
    'memory',
    'disk',
  ])
})

const noDocker = `Cannot connect to the Docker daemon at ${sock}. Is the docker daemon running?`
const reset =
  'error during connect: Get ' +
  '"http://%2FUsers%2Fjoel%2F.colima%2Fdefault%2Fdocker.sock/v1.50/containers/json": read ' +
  'unix @->/Users/joel/.colima/default/docker.sock: read: connection reset by peer'
const notRunning = '1: level=fatal msg="colima is not running"'
const empty = '1: level=fatal msg="error retrieving current runtime: empty value"'
const ignoring = '0: level=warning msg="already running, ignoring"'
const broken =
  '1: level=info msg="Using the existing instance \\"colima\\""\n' +
  'level=fatal msg="errors inspecting instance: [vz driver is running but host agent is ' +
  'not]"\n' +
  'level=info msg="starting colima"\n' +
  'level=info msg="runtime: docker"\n' +
  'level=info msg="starting ..." context=vm\n' +
  'level=fatal msg="error starting vm: error at \'starting\': exit status 1"'
const answering = '0: joelclaw-controlplane-1'

interface ProcessRow {
  fault: string
  break(faultControls: FaultControls): void
  list: string
  /** Exit code and text, or the size of a complete answer. */
  status: string
  statusTakes: number | 'hangs'
  docker: string
  ssh: string
  port: 'answered' | 'refused' | 'silent' | 'reset'
  /** Exit code and text, or a pattern for the text. */
  start: unknown
}

const rows: readonly ProcessRow[] = [
  {
    fault: 'A docker stopped in the VM',
    break: faultControls => faultControls.stopDocker(),
    list: 'Running',
    status: 'JSON of 12 members',
    statusTakes: 2000,
    docker: `1: ${reset}`,
    ssh: '0: ',
    port: 'refused',
    start: ignoring,
  },
  {
    fault: 'B ssh master killed',
    break: faultControls => faultControls.killMaster(),
    list: 'Running',
    status: 'JSON of 12 members',
    statusTakes: 4000,
    docker: `1: ${noDocker}`,
    ssh: '0: ',
    port: 'refused',
    start: ignoring,
  },
  {
    fault: 'C VM frozen',
    break: faultControls => faultControls.freezeVm(true),
    list: 'Running',
    status: 'hangs: ',
    statusTakes: 'hangs',
    docker: 'hangs: ',
    ssh: 'hangs: ',
    port: 'silent',
    start: ignoring,
  },
  {
    fault: 'D usernet killed',
    break: faultControls => faultControls.killUsernet(),
    list: 'Running',
    status: empty,
    statusTakes: 200,
    docker: `1: ${noDocker}`,
    ssh: '255: ssh: connect to host 127.0.0.1 port <port>: Connection refused',
    port: 'refused',
    start: ignoring,
  },
  {
    fault: 'E hostagent killed',
    break: faultControls => faultControls.killHostagent(),
    list: 'Broken',
    status: notRunning,
    statusTakes: 50,
    docker: answering,
    ssh: '0: ',
    port: 'answered',
    start: broken,
  },
  {
    fault: 'F VM killed',
    break: faultControls => faultControls.killVm(),
    list: 'Stopped',
    status: notRunning,
    statusTakes: 50,
    docker: `1: ${noDocker}`,
    ssh: '255: ssh: connect to host 127.0.0.1 port <port>: Connection refused',
    port: 'refused',
    start: expect.stringMatching(/^0: [\s\S]*level=info msg=done$/),
  },
  {
    fault: 'G hostagent frozen',
    break: faultControls => faultControls.freezeHostagent(true),
    list: 'Broken',
    status: notRunning,
    statusTakes: 3000,
    docker: answering,
    ssh: '0: ',
    port: 'answered',
    start: expect.stringMatching(
      /^1: [\s\S]*errors inspecting instance: \[failed to get Info from/,
    ),
  },
  {
    fault: 'docker and sshd stopped in the VM',
    break: faultControls => faultControls.zombie(),
    list: 'Running',
    status: 'JSON of 12 members',
    statusTakes: 2000,
    docker: `1: ${reset}`,
    ssh: '0: ',
    port: 'refused',
    start: ignoring,
  },
]

describe.each(rows)('$fault', row => {
  async function broke(): Promise<HostFixture> {
    const at = createFixture()
    row.break(at.host.faultControls)
    await at.context.clock.sleep(5000)
    return at
  }

  test('list and status', async () => {
    const at = await broke()
    const list = await at.run('colima list --json')
    expect(list.kind === 'exited' && JSON.parse(list.stdout).status).toBe(row.list)
    const status = await at.run('colima status --json', 40_000)
    const text =
      status.kind === 'exited' && status.stdout.startsWith('{')
        ? `JSON of ${Object.keys(JSON.parse(status.stdout)).length} members`
        : await ends(at, 'colima status --json')
    expect(text).toBe(row.status)
    expect(status.kind === 'timed-out' ? 'hangs' : status.tookMs).toBe(row.statusTakes)
  })

  test('docker socket, ssh and published port', async () => {
    const at = await broke()
    expect(await ends(at, ['docker', '-H', sock, 'ps', '--format', '{{.Names}}'], 20_000)).toBe(
      row.docker,
    )
    const port = await at.host.net.http('http://127.0.0.1:8108/health', { deadline: 10_000 })
    expect(port.kind).toBe(row.port)
    expect(await ends(at, `ssh -F ${sshConfig} -o ConnectTimeout=5 lima-colima true`, 20_000)).toBe(
      row.ssh.replace('<port>', String(at.host.faultControls.vm().sshPort)),
    )
  })

  test('colima start', async () => {
    const at = await broke()
    expect(await ends(at, 'colima start', 600_000)).toEqual(row.start)
  })
})

test('the zombie VM: all but docker answers through the ssh master, nothing without', async () => {
  const at = createFixture()
  await at.run([
    'ssh',
    '-F',
    sshConfig,
    'lima-colima',
    'sudo systemctl stop docker.socket docker.service ssh.socket ssh.service',
  ])
  const { sshPort } = at.host.faultControls.vm()
  expect(await ends(at, ['ssh', '-F', sshConfig, 'lima-colima', 'docker info'])).toBe(
    '1: Client:\n' +
      ' Context:    default\n' +
      ' Debug Mode: false\n' +
      '\n' +
      'Server:\n' +
      'ERROR: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the ' +
      'docker daemon running?\n' +
      'errors pretty printing info',
  )
  expect(await ends(at, `ssh -F ${sshConfig} lima-colima true`)).toBe('0: ')
  const closed =
    '255: kex_exchange_identification: read: Connection reset by peer\n' +
    `Connection reset by 127.0.0.1 port ${sshPort}`
  expect(await ends(at, `ssh -F ${sshConfig} -o ControlPath=none lima-colima true`)).toBe(closed)
  at.host.faultControls.killMaster()
  expect(await ends(at, `ssh -F ${sshConfig} lima-colima true`)).toBe(closed)
  expect(await ends(at, 'colima status --json')).toBe(empty)
  expect(await ends(at, 'colima restart', 600_000)).toMatch(/level=info msg=done$/)
  expect(await ends(at, ['docker', '-H', sock, 'ps', '--format', '{{.Names}}'])).toBe(answering)
})
