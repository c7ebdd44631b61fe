// How the output of colima, ssh, df and talosctl is parsed.
import { describe, expect, test } from 'vitest'
import { colima, lastWords, paths } from '#helpers/colima/client.ts'
import { diskUse, parseDf } from '#helpers/colima/disks.ts'
import { disks } from '#helpers/colima/questions.ts'
import { policyWith } from '#tests/model/policy.ts'
import { jobOf, parseJob, readPlist } from '#helpers/launchd/client.ts'
import { isPortForward, parsePs, portForwards, processes } from './processes.ts'
import { messageOf, scripted, type Answer } from '#tests/runtime/scripted.ts'
import { configInfo, kubeconfig, setEndpoint } from '#helpers/talos/client.ts'
import { vm } from '#helpers/colima/vm.ts'

const fatal = (message: string): string =>
  `time="2026-11-21T10:02:11Z" level=fatal msg="${message}"\n`
const statusCommand = 'colima status --json'

describe('colima status', () => {
  const status = (answer: Answer) =>
    colima(scripted({ commands: { [statusCommand]: answer } }).call, 'default').status()

  test('a running VM has no address without network.address', async () => {
    const stdout =
      '{"display_name":"colima","driver":"QEMU","arch":"x86_64","runtime":"docker",' +
      '"mount_type":"sshfs","ip_address":"",' +
      '"docker_socket":"unix:///home/colima/.colima/default/docker.sock","kubernetes":false,' +
      '"cpu":1,"memory":2147483648,"disk":21474836480}\n'
    expect(await status({ stdout })).toEqual({
      kind: 'running',
      runtime: 'docker',
      socket: '/home/colima/.colima/default/docker.sock',
    })
  })

  test('a running VM with network.address has an address', async () => {
    const stdout =
      '{"display_name":"colima","runtime":"docker","ip_address":"192.168.64.2",' +
      '"docker_socket":"unix:///Users/joel/.colima/default/docker.sock"}'
    expect(await status({ stdout })).toEqual({
      kind: 'running',
      runtime: 'docker',
      ipAddress: '192.168.64.2',
      socket: '/Users/joel/.colima/default/docker.sock',
    })
  })

  test('a stopped VM and a dead hostagent look the same', async () => {
    expect(await status({ code: 1, stderr: fatal('colima is not running') })).toEqual({
      kind: 'not-running',
      description: 'colima is not running',
    })
  })

  test('a VM that boots or has lost its network is failed, with Colima’s message', async () => {
    expect(
      await status({ code: 1, stderr: fatal('error retrieving current runtime: empty value') }),
    ).toEqual({ kind: 'failed', description: 'error retrieving current runtime: empty value' })
  })

  test('a frozen VM hangs; text that is not JSON and a missing program are errors', async () => {
    expect(await status('silent')).toEqual({ kind: 'hangs' })
    expect(await messageOf(status({ stdout: 'segmentation fault' }))).toBe(
      'colima status: exit 0, but not the expected JSON: “segmentation fault”',
    )
    expect(await messageOf(status('missing'))).toBe('colima is not installed or not on the PATH')
  })
})

describe('colima', () => {
  test('runs commands for its profile, and quotes Colima’s last message in errors', async () => {
    const { call, asked } = scripted(
      {
        commands: {
          'colima start': { stderr: 'time="…" level=warning msg="already running, ignoring"\n' },
          'colima stop --force': {},
          'colima restart --profile work': {
            code: 1,
            stdout:
              'time="…" level=fatal msg="errors inspecting instance: ' +
              '[qemu driver is running but host agent is not]"\n',
            stderr:
              'time="…" level=info msg="stopping colima"\n' +
              fatal("error starting vm: error at 'starting': exit status 1"),
          },
        },
      },
      { deadline: 600_000 },
    )
    await colima(call, 'default').start()
    await colima(call, 'default').stop({ force: true })
    expect(await messageOf(colima(call, 'work').restart())).toBe(
      "colima restart: exit 1: error starting vm: error at 'starting': exit status 1",
    )
    expect(asked.map(({ argv, deadline }) => [argv.join(' '), deadline])).toEqual([
      ['colima start', 600_000],
      ['colima stop --force', 600_000],
      ['colima restart --profile work', 600_000],
    ])
  })

  test('a forced stop succeeds if the VM is stopped, even if Colima exits 1', async () => {
    const complaint =
      'failed to stop usernet "user-v2": Get "http://lima/services/dhcp/leases": ' +
      'dial unix /home/colima/.colima/_lima/_networks/user-v2/user-v2_ep.sock: connect: ' +
      'connection refused'
    const stop: Answer = {
      code: 1,
      stdout: `time="2026-11-21T17:19:08Z" level=fatal msg="${complaint.replaceAll('"', '\\"')}"\n`,
      stderr: fatal("error stopping vm: error at 'stopping': exit status 1"),
    }
    const line = (status: string): Answer => ({
      stdout:
        `{"name":"default","status":"${status}","arch":"x86_64","cpus":1,"memory":2147483648,` +
        '"disk":21474836480}\n',
    })
    const { call } = scripted({
      commands: {
        'colima stop --force': stop,
        'colima list --json': [line('Stopped'), line('Broken'), { code: 1 }],
      },
    })
    await colima(call, 'default').stop({ force: true })
    const failed =
      "colima stop --force: exit 1: error stopping vm: error at 'stopping': exit status 1"
    expect([
      await messageOf(colima(call, 'default').stop({ force: true })),
      await messageOf(colima(call, 'default').stop({ force: true })),
    ]).toEqual([failed, failed])
  })

  test('ends processes that outlived a stopped VM one by one, and none while it runs', async () => {
    const ps = {
      stdout: [
        '  101     1 joel  ssh: /Users/joel/.colima/_lima/colima/ssh.sock [mux]',
        '  102     1 joel  ssh: /Users/joel/.colima/_lima/colima-work/ssh.sock [mux]',
        '  103     1 joel  /opt/homebrew/bin/limactl usernet -p ' +
          '/Users/joel/.colima/_lima/_networks/user-v2/usernet_user-v2.pid -e ' +
          '/Users/joel/.colima/_lima/_networks/user-v2/user-v2_ep.sock',
        '  104     1 joel  vim notes about limactl usernet -p /Users/joel/.colima/_lima/_networks/',
      ].join('\n'),
    }
    const line = (name: string, status: string): string =>
      `{"name":"${name}","status":"${status}"}\n`
    const list = (own: string, other: string): Answer => ({
      stdout: line('default', own) + line('work', other),
    })
    const { call, asked } = scripted({
      commands: {
        'ps -axww -o pid=,ppid=,user=,args=': ps,
        'kill -KILL 101': {},
        'kill -KILL 103': {},
        'colima list --json': [
          list('Running', 'Stopped'),
          list('Broken', 'Stopped'),
          list('Stopped', 'Running'),
          list('Stopped', 'Stopped'),
        ],
      },
    })
    const orphans = async () => (await colima(call, 'default').orphans()).map(({ pid }) => pid)
    expect([await orphans(), await orphans(), await orphans()]).toEqual([[], [], [101]])
    expect((await colima(call, 'default').clearOrphans()).map(({ pid }) => pid)).toEqual([101, 103])
    expect(
      asked.filter(({ argv }) => argv[0] === 'kill').map(({ argv }) => argv.join(' ')),
    ).toEqual(['kill -KILL 101', 'kill -KILL 103'])
  })

  test('parses one profile per line, and an empty list', async () => {
    const line =
      '{"name":"default","status":"Running","arch":"x86_64","cpus":1,"memory":2147483648,' +
      '"disk":21474836480,"runtime":"docker"}'
    const { call } = scripted({
      commands: { 'colima list --json': [{ stdout: `${line}\n` }, { stdout: '' }] },
    })
    expect(await colima(call, 'default').list()).toEqual([
      {
        name: 'default',
        status: 'Running',
        arch: 'x86_64',
        cpus: 1,
        memory: 2_147_483_648,
        disk: 21_474_836_480,
        runtime: 'docker',
      },
    ])
    expect(await colima(call, 'default').list()).toEqual([])
  })

  test('its last message is that of the most severe line, with unescaped quotes', () => {
    const exit = {
      kind: 'exited',
      code: 1,
      stdout: 'time="…" level=info msg="later"',
      stderr: 'time="…" level=error msg="no \\"disk\\""',
      tookMs: 1,
    } as const
    expect(lastWords(exit)).toBe('no "disk"')
    expect(lastWords({ ...exit, stdout: '', stderr: 'dependency check failed' })).toBe(
      'dependency check failed',
    )
    expect(lastWords({ ...exit, stdout: '', stderr: '' })).toBeUndefined()
  })

  test('knows the files of the default profile and of another', () => {
    expect(paths('/Users/joel', 'default')).toEqual({
      socket: '/Users/joel/.colima/default/docker.sock',
      sshConfig: '/Users/joel/.colima/_lima/colima/ssh.config',
      sshMux: '/Users/joel/.colima/_lima/colima/ssh.sock',
      lima: '/Users/joel/.colima/_lima/colima',
      network: '/Users/joel/.colima/_lima/_networks/user-v2',
      sshHost: 'lima-colima',
    })
    expect(paths('/Users/joel', 'work')).toMatchObject({
      socket: '/Users/joel/.colima/work/docker.sock',
      sshConfig: '/Users/joel/.colima/_lima/colima-work/ssh.config',
      sshHost: 'lima-colima-work',
    })
  })
})

const sshPrefix =
  'ssh -F /Users/joel/.colima/_lima/colima/ssh.config -o ConnectTimeout=3 -o BatchMode=yes'

describe('ssh into the VM', () => {
  test('opens a new connection if mux is false, and quotes every word', async () => {
    const { call, asked } = scripted({
      commands: {
        [`${sshPrefix} -o ControlPath=none lima-colima -- echo 'it'\\''s $HOME; id'`]: {
          stdout: 'ok',
        },
      },
    })
    expect(await vm(call, 'default').run(['echo', "it's $HOME; id"], { mux: false })).toBe('ok')
    expect(asked[0]?.argv.slice(-2)).toEqual(['echo', `'it'\\''s $HOME; id'`])
  })

  test('reports a refused connection with its port and the remedy', async () => {
    const { call } = scripted({
      commands: {
        [`${sshPrefix} lima-colima -- true`]: {
          code: 255,
          stderr: 'ssh: connect to host 127.0.0.1 port 44623: Connection refused\r\n',
        },
      },
    })
    expect(await messageOf(vm(call, 'default').run(['true'], { mux: true }))).toBe(
      'ssh to lima-colima failed: connection refused on port 44623; start it or its sshd',
    )
  })
})

describe('disks', () => {
  const table = [
    'Filesystem     1024-blocks      Used Available Capacity Mounted on',
    '/dev/root         20134592  15931392   4186816      80% /',
    '/dev/vdb1        102626232  41050492  56316476      43% /mnt/lima colima',
    '',
  ].join('\n')

  test('are reported under the paths that were asked for', async () => {
    const { call } = scripted({
      commands: { [`${sshPrefix} lima-colima -- df -P -k / /var/lib/docker`]: { stdout: table } },
    })
    expect(await diskUse(call, 'default', ['/', '/var/lib/docker'])).toEqual([
      { path: '/', mount: '/', usedPercent: 80, totalBytes: 20_617_822_208 },
      {
        path: '/var/lib/docker',
        mount: '/mnt/lima colima',
        usedPercent: 43,
        totalBytes: 105_089_261_568,
      },
    ])
  })

  test('the question leaves out a missing path, but fails if ssh fails', async () => {
    const policy = policyWith({
      storage: { claims: [], disks: [{ path: '/gone', limit: '80 %' }] },
      host: { kind: 'colima', profile: 'default', requiredPath: '/bin' },
    })
    const ask = (code: number, stderr: string) => {
      const commands = { [`${sshPrefix} lima-colima -- df -P -k /gone`]: { code, stderr } }
      return disks(policy).ask({ ...scripted({ commands }).call, policy })
    }
    expect(await ask(1, 'df: /gone: No such file or directory\n')).toEqual([])
    const unread = "Can't open user config file /x/ssh_config: No such file or directory"
    expect(await messageOf(ask(255, unread))).toBe(
      'ssh to lima-colima failed: no configuration file; start the machine',
    )
  })

  test('df fails for a missing path, too few rows, or text that is not a table', async () => {
    const { call } = scripted({
      commands: {
        [`${sshPrefix} lima-colima -- df -P -k /gone`]: {
          code: 1,
          stderr: 'df: /gone: No such file or directory\n',
        },
        [`${sshPrefix} lima-colima -- df -P -k / /a /b`]: { stdout: table },
      },
    })
    expect(await messageOf(diskUse(call, 'default', ['/gone']))).toBe(
      'ssh lima-colima df -P -k /gone: exit 1: df: /gone: No such file or directory',
    )
    expect(await messageOf(diskUse(call, 'default', ['/', '/a', '/b']))).toBe(
      'df printed 2 lines for 3 paths: /, /a, /b',
    )
    expect(() => parseDf('command not found')).toThrow(
      'df did not print a table: “command not found”',
    )
    expect(() => parseDf(table.replace('43%', '-'))).toThrow(
      'df printed a line that is none of its own',
    )
  })
})

describe('talosctl', () => {
  test('parses config info from JSON, and finds a talosconfig in the home folder', async () => {
    const { call } = scripted({
      commands: {
        'talosctl --talosconfig /Users/joel/.talos/config config info -o json': {
          stdout:
            '{\n  "context": "joelclaw",\n  "nodes": ["10.5.0.2"],\n' +
            '  "endpoints": ["127.0.0.1:50999"],\n  "roles": ["os:admin"],\n  "certTTL": ' +
            '"1 year from now",\n  "certNotAfter": "2027-11-21"\n}\n',
        },
      },
    })
    expect(await configInfo(call, '~/.talos/config')).toEqual({
      context: 'joelclaw',
      nodes: ['10.5.0.2'],
      endpoints: ['127.0.0.1:50999'],
      roles: ['os:admin'],
      certificateUntil: '2027-11-21',
    })
  })

  test('config info without nodes lists none; without a context it fails', async () => {
    const { call } = scripted({
      commands: {
        'talosctl config info -o json': [
          { stdout: '{"context":"joelclaw","endpoints":["127.0.0.1"]}' },
          { code: 1, stderr: 'no context is set\n' },
          { stdout: '{}' },
        ],
      },
    })
    expect(await configInfo(call)).toEqual({
      context: 'joelclaw',
      nodes: [],
      endpoints: ['127.0.0.1'],
      roles: [],
    })
    expect(await messageOf(configInfo(call))).toBe(
      'talosctl config info: exit 1: no context is set',
    )
    expect(await messageOf(configInfo(call))).toBe(
      'talosctl config info printed something else than expected: “{}”',
    )
  })

  test('writes a kubeconfig and sets its endpoint', async () => {
    const refused =
      'rpc error: code = Unavailable desc = connection error: desc = "transport: ' +
      'Error while dialing: dial tcp 127.0.0.1:50999: connect: connection refused"'
    const { call, asked } = scripted({
      commands: {
        'talosctl --talosconfig /t --nodes 10.5.0.2 kubeconfig --force /Users/joel/.kube/config': {
          code: 1,
          stderr: `${refused}\n`,
        },
        'talosctl config endpoint 127.0.0.1:50000': {},
      },
    })
    expect(
      await messageOf(
        kubeconfig(call, { path: '~/.kube/config', talosconfig: '/t', nodes: ['10.5.0.2'] }),
      ),
    ).toBe(`talosctl kubeconfig --force: exit 1: ${refused}`)
    await setEndpoint(call, '127.0.0.1:50000')
    expect(asked).toHaveLength(2)
  })
})

describe('launchd', () => {
  const path = '/Library/LaunchDaemons/com.joel.colima.plist'

  test('reads a plist of any format, which plutil converts to JSON', async () => {
    const stdout = JSON.stringify({
      Label: 'com.joel.colima',
      ProgramArguments: ['/bin/bash', '/x/colima.sh'],
      EnvironmentVariables: { PATH: '/opt/homebrew/bin:/usr/bin' },
      RunAtLoad: true,
      KeepAlive: { SuccessfulExit: false },
      ThrottleInterval: 10,
    })
    const { call } = scripted({
      files: { [path]: 'bplist00…' },
      commands: { [`plutil -convert json -o - ${path}`]: { stdout } },
    })
    expect(await readPlist(call, path)).toEqual({
      label: 'com.joel.colima',
      arguments: ['/bin/bash', '/x/colima.sh'],
      environment: { PATH: '/opt/homebrew/bin:/usr/bin' },
      runAtLoad: true,
      keepAlive: true,
    })
  })

  test('a missing plist is null, a broken one is an error', async () => {
    const { call } = scripted({
      files: { '/x.plist': '<plist' },
      commands: {
        'plutil -convert json -o - /x.plist': {
          code: 1,
          stderr: '/x.plist: Property List error: Encountered unexpected EOF\n',
        },
      },
    })
    expect(await readPlist(call, path)).toBeNull()
    expect(await messageOf(readPlist(call, '/x.plist'))).toBe(
      'plutil -convert json /x.plist: exit 1: /x.plist: Property List error: ' +
        'Encountered unexpected EOF',
    )
  })

  const printed = [
    'system/com.joel.colima = {',
    '\tactive count = 1',
    `\tpath = ${path}`,
    '\ttype = LaunchDaemon',
    '\tstate = running',
    '',
    '\tprogram = /bin/bash',
    '\targuments = {',
    '\t\t/bin/bash',
    '\t\tstate = not this one',
    '\t}',
    '\tenvironment = {',
    '\t\tPATH => /usr/bin',
    '\t}',
    '\truns = 3',
    '\tpid = 812',
    '\tlast exit code = 78: EX_CONFIG',
    '}',
    '',
  ].join('\n')

  test('parses the members of a job, but not those of nested blocks', async () => {
    expect(parseJob(printed)).toEqual({
      state: 'running',
      pid: 812,
      lastExitCode: 78,
      runs: 3,
      path,
    })
    expect(
      parseJob(printed.replace('78: EX_CONFIG', '(never exited)').replace('\tpid = 812\n', '')),
    ).toEqual({ state: 'running', runs: 3, path })
  })

  test('a job that launchd does not know is undefined', async () => {
    const { call } = scripted({
      commands: {
        'launchctl print system/gone': {
          code: 113,
          stderr: 'Bad request.\nCould not find service "gone" in domain for system\n',
        },
        'launchctl print gui/501/x': {
          code: 125,
          stderr: 'Domain does not support specified action\n',
        },
      },
    })
    expect(await jobOf(call, 'system/gone')).toBeUndefined()
    expect(await messageOf(jobOf(call, 'gui/501/x'))).toBe(
      'launchctl print gui/501/x: exit 125: Domain does not support specified action',
    )
  })
})

describe('processes', () => {
  const rows = [
    '    1     0 root             /sbin/launchd',
    '  812     1 joel             /opt/homebrew/bin/kubectl --context admin@joelclaw -n ' +
      'joelclaw port-forward svc/redis 6379:6379  ',
    '  813   800 joel             vim notes about kubectl port-forward.md',
    '  900     1 joel             ssh: /Users/joel/.colima/_lima/colima/ssh.sock [mux]',
    '',
  ].join('\n')

  test('ps prints one process per line', () => {
    expect(parsePs(rows).map(({ pid, ppid, user }) => [pid, ppid, user])).toEqual([
      [1, 0, 'root'],
      [812, 1, 'joel'],
      [813, 800, 'joel'],
      [900, 1, 'joel'],
    ])
  })

  test('a port-forward is recognised by its program and command, not by its text', async () => {
    const { call } = scripted({
      commands: { 'ps -axww -o pid=,ppid=,user=,args=': { stdout: rows } },
    })
    expect(await portForwards(call)).toEqual([
      {
        pid: 812,
        ppid: 1,
        user: 'joel',
        args:
          '/opt/homebrew/bin/kubectl --context admin@joelclaw -n joelclaw port-forward ' +
          'svc/redis 6379:6379',
      },
    ])
  })

  test.for<[string, boolean]>([
    ['kubectl port-forward svc/a 1', true],
    ['kubectl --namespace=a port-forward svc/a 1', true],
    ['kubectl -v 6 port-forward svc/a 1', true],
    ['k3s kubectl port-forward svc/a 1', true],
    ['kubectl -n port-forward get pods', false],
    ['kubectl get pods port-forward', false],
    ['grep kubectl port-forward', false],
    ['bash -c kubectl port-forward svc/a 1', false],
    ['mykubectl port-forward', false],
  ])('%s: %s', ([args, is]) => {
    expect(isPortForward(args)).toBe(is)
  })

  test('a ps that lists no process is an error', async () => {
    const { call } = scripted({
      commands: { 'ps -axww -o pid=,ppid=,user=,args=': { stdout: '' } },
    })
    expect(await messageOf(processes(call))).toBe('ps showed no process at all')
  })
})
