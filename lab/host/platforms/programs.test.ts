// Output and effects of talosctl, kubectl, launchctl, plutil and ps, and operations on files.
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { fixtureSeed, sock, createFixture, type HostFixture } from '#lab/host/fixture.ts'

const ends = async (at: HostFixture, command: string | readonly string[]): Promise<string> => {
  const exit = await at.run(command)
  return exit.kind === 'exited' ? `${exit.code}: ${exit.stdout}${exit.stderr}`.trim() : exit.kind
}
const refused = (port: number): string =>
  'rpc error: code = Unavailable desc = connection error: desc = "transport: Error ' +
  `while dialing: dial tcp 127.0.0.1:${port}: connect: connection refused"`

describe('talosctl', () => {
  test('config info, in words and as JSON', async () => {
    const at = createFixture()
    expect(await ends(at, 'talosctl config info')).toBe(
      '0: Current context:     joelclaw\n' +
        'Nodes:               10.5.0.2\n' +
        'Endpoints:           127.0.0.1:32769\n' +
        'Roles:               os:admin\n' +
        'Certificate expires: 1 year from now (2027-11-21)',
    )
    const json = await at.run('talosctl config info -o json')
    expect(json.kind === 'exited' && JSON.parse(json.stdout)).toEqual({
      context: 'joelclaw',
      nodes: ['10.5.0.2'],
      endpoints: ['127.0.0.1:32769'],
      roles: ['os:admin'],
      certTTL: '1 year from now',
      certNotAfter: '2027-11-21',
    })
    expect(await ends(at, 'talosctl config contexts')).toBe(
      '0: CURRENT   NAME       ENDPOINTS         NODES\n' +
        '*         joelclaw   127.0.0.1:32769   10.5.0.2',
    )
    expect(await ends(at, 'talosctl --talosconfig /nope config info')).toBe('1: no context is set')
  })

  test('endpoint and node are written', async () => {
    const at = createFixture()
    await at.run('talosctl config endpoint 127.0.0.1:50000')
    await at.run('talosctl config node 10.5.0.3')
    expect(parse((await at.host.files.read('~/.talos/config'))!)).toEqual({
      context: 'joelclaw',
      contexts: { joelclaw: { endpoints: ['127.0.0.1:50000'], nodes: ['10.5.0.3'] } },
    })
  })

  test.each([
    ['talosctl services', `1: error listing services: ${refused(50_999)}`],
    ['talosctl health', `1: ${refused(50_999)}`],
    [
      'talosctl version --short',
      `1: Client:\nTalos v1.12.4\nServer:\nerror getting version: ${refused(50_999)}`,
    ],
    ['talosctl kubeconfig --force', `1: error copying: ${refused(50_999)}`],
  ])('%s at a port that refuses', async (command, expected) => {
    const at = createFixture()
    await at.run('talosctl config endpoint 127.0.0.1:50999')
    expect(await ends(at, command)).toBe(expected)
  })

  test.each([
    [
      'reboot',
      'error executing reboot',
      'FailedPrecondition',
      'method is not supported in container mode',
    ],
    [
      'upgrade --image x',
      'error performing upgrade',
      'FailedPrecondition',
      'method is not supported in container mode',
    ],
    [
      'service etcd restart',
      'error starting service',
      'Unknown',
      'service "etcd" doesn\'t support restart operation via API',
    ],
    ['bootstrap', 'error executing bootstrap', 'AlreadyExists', 'etcd data directory is not empty'],
  ])('%s is refused as by Talos in a container', async (words, doing, code, why) => {
    expect(await createFixture().run(`talosctl ${words}`)).toMatchObject({
      code: 1,
      stderr:
        `${doing}: 1 error occurred:\n` +
        `\t* 10.5.0.2: rpc error: code = ${code} desc = ${why}\n\n\n`,
    })
  })

  test('reset is not refused: the container ends 20 s later, and starts again', async () => {
    const at = createFixture()
    const state = () =>
      ends(at, `docker -H ${sock} inspect -f {{.State.Status}} joelclaw-controlplane-1`)
    expect(await ends(at, 'talosctl reset --wait=false')).toBe('0:')
    await at.context.clock.sleep(19_000)
    expect(await state()).toBe('0: running')
    await at.context.clock.sleep(1_500)
    expect(await state()).toBe('0: exited')
    await at.run(['docker', '-H', sock, 'start', 'joelclaw-controlplane-1'])
    expect(await state()).toBe('0: running')
  })

  test('dmesg is empty, and only the kubelet restarts by the API', async () => {
    const at = createFixture()
    expect(await ends(at, 'talosctl dmesg')).toBe('0:')
    expect(await ends(at, 'talosctl service kubelet restart')).toContain('"kubelet" restarted')
    expect(await ends(at, 'talosctl service nosuch')).toBe(
      '1: service "nosuch" is not registered on any nodes',
    )
  })

  test('a silent endpoint costs 20.1 s', async () => {
    const at = createFixture()
    at.host.faultControls.freezeVm(true)
    expect(await at.run('talosctl services')).toMatchObject({
      code: 1,
      tookMs: 20_100,
      stderr:
        'error listing services: rpc error: code = Unavailable desc = connection error: ' +
        'desc = "transport: authentication handshake failed: context deadline ' +
        'exceeded"\n',
    })
  })

  test('without a config, with -n: no endpoints', async () => {
    expect(await ends(createFixture(), 'talosctl --talosconfig /nope -n 1.2.3.4 services')).toBe(
      '1: error constructing client: failed to determine endpoints',
    )
  })

  test('kubeconfig --force writes the node’s address and makes its context current', async () => {
    const at = createFixture()
    await at.run(['docker', '-H', sock, 'restart', 'joelclaw-controlplane-1'])
    await at.context.clock.sleep(10_000)
    expect(await ends(at, 'talosctl kubeconfig --force')).toContain('connection refused')
    await at.run('kubectl config use-context admin@joelclaw')
    expect(
      await ends(
        at,
        'talosctl -e 127.0.0.1:32771 -n 10.5.0.2 kubeconfig --force /Users/joel/.kube/config',
      ),
    ).toBe('0:')
    const config = parse((await at.host.files.read('~/.kube/config'))!)
    expect(config['current-context']).toBe('admin@joelclaw-1')
    expect(
      config.clusters.map((one: { name: string; cluster: { server: string } }) => [
        one.name,
        one.cluster.server,
      ]),
    ).toEqual([
      ['joelclaw', 'https://127.0.0.1:63324'],
      ['joelclaw-1', 'https://10.5.0.2:6443'],
    ])
    expect(
      Buffer.from(config.clusters[1].cluster['certificate-authority-data'], 'base64').toString(),
    ).toBe(fixtureSeed().tls.ca)
  })

  test('kubeconfig without --force keeps an existing entry of the same name', async () => {
    const at = createFixture()
    expect(await ends(at, 'talosctl kubeconfig')).toBe(
      '0: renamed cluster "joelclaw-1" -> "joelclaw-1-1"\n' +
        'renamed auth info "admin@joelclaw-1" -> "admin@joelclaw-1-1"\n' +
        'renamed context "admin@joelclaw-1" -> "admin@joelclaw-1-1"',
    )
    expect(await ends(at, 'kubectl config current-context')).toBe('0: admin@joelclaw-1-1')
  })
})

describe('kubectl config', () => {
  test.each([
    ['kubectl config get-contexts -o name', '0: admin@joelclaw\nadmin@joelclaw-1'],
    ['kubectl config current-context', '0: admin@joelclaw-1'],
    ['kubectl config use-context nope', '1: error: no context exists with the name: "nope"'],
    ['kubectl config use-context admin@joelclaw', '0: Switched to context "admin@joelclaw".'],
    [
      'kubectl config set-cluster joelclaw-1 --server=https://127.0.0.1:6443',
      '0: Cluster "joelclaw-1" set.',
    ],
    [
      'kubectl config get-contexts nope',
      '1: CURRENT   NAME   CLUSTER   AUTHINFO   NAMESPACE\nerror: context nope not found',
    ],
    ['kubectl config current-context --kubeconfig=/nope', '1: error: current-context is not set'],
    ['kubectl frob', '1: error: unknown command "frob" for "kubectl"'],
  ])('%s', async (command, expected) => {
    expect(await ends(createFixture(), command)).toBe(expected)
  })

  test('view --minify shows the server of the current context', async () => {
    const at = createFixture()
    const view = [
      'kubectl',
      'config',
      'view',
      '--minify',
      '-o',
      'jsonpath={.clusters[0].cluster.server}',
    ]
    expect(await ends(at, view)).toBe('0: https://127.0.0.1:32768')
    await at.run('kubectl config use-context admin@joelclaw')
    expect(await ends(at, view)).toBe('0: https://127.0.0.1:63324')
    at.host.faultControls.removeFile('~/.kube/config')
    expect(await ends(at, view)).toBe('1: error: current-context must exist in order to minify')
  })
})

describe('launchd', () => {
  test('print', async () => {
    expect(await ends(createFixture(), 'launchctl print system/com.joel.colima'))
      .toMatchInlineSnapshot(`
      "0: system/com.joel.colima = {
      	active count = 1
      	path = /Library/LaunchDaemons/com.joel.colima.plist
      	type = LaunchDaemon
      	state = running

      	program = /Users/joel/bin/colima-boot.sh
      	arguments = {
      		/Users/joel/bin/colima-boot.sh
      	}

      	default environment = {
      		PATH => /usr/bin:/bin:/usr/sbin:/sbin
      	}

      	environment = {
      		PATH => /opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin
      		XPC_SERVICE_NAME => com.joel.colima
      	}

      	domain = system
      	minimum runtime = 10
      	exit timeout = 5
      	runs = 1
      	pid = 311
      	last exit code = (never exited)

      	spawn type = daemon (3)
      	properties = keepalive | runatload
      }"
    `)
    expect(await ends(createFixture(), 'launchctl print gui/501/com.joel.gateway')).toContain(
      'state = not running',
    )
  })

  test('a job of another domain or of no name is not found: 113', async () => {
    expect(await ends(createFixture(), 'launchctl print gui/501/com.joel.colima')).toBe(
      '113: Bad request.\nCould not find service "com.joel.colima" in domain for user gui: 501',
    )
    expect(await ends(createFixture(), 'launchctl print system/com.joel.talon')).toBe(
      '113: Bad request.\nCould not find service "com.joel.talon" in domain for system',
    )
  })

  test('launchd restarts a kept-alive job after 10 s, with a new pid', async () => {
    const at = createFixture()
    await at.run('kill -9 311')
    expect(await ends(at, 'launchctl print system/com.joel.colima')).toMatch(/last exit code = 9/)
    await at.context.clock.sleep(11_000)
    expect(await ends(at, 'launchctl print system/com.joel.colima')).toMatch(
      /state = running[\s\S]*runs = 2\n\tpid = \d+/,
    )
  })

  test('plutil reads a plist; a changed PATH is in launchd and in the file', async () => {
    const at = createFixture()
    const file = '/Library/LaunchDaemons/com.joel.colima.plist'
    const json = async (): Promise<unknown> => {
      const exit = await at.run(['plutil', '-convert', 'json', '-o', '-', file])
      return exit.kind === 'exited' && JSON.parse(exit.stdout)
    }
    expect(await json()).toEqual({
      Label: 'com.joel.colima',
      ProgramArguments: ['/Users/joel/bin/colima-boot.sh'],
      EnvironmentVariables: { PATH: '/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin' },
      RunAtLoad: true,
      KeepAlive: true,
    })
    expect(at.host.faultControls.plistPath('com.joel.colima', undefined)).toBe(
      '/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin',
    )
    expect(await json()).toEqual({
      Label: 'com.joel.colima',
      ProgramArguments: ['/Users/joel/bin/colima-boot.sh'],
      RunAtLoad: true,
      KeepAlive: true,
    })
    expect(await ends(at, 'launchctl print system/com.joel.colima')).not.toContain('/opt/homebrew')
    at.host.faultControls.writeFile(file, 'no plist')
    expect(await ends(at, ['plutil', '-convert', 'json', '-o', '-', file])).toContain(
      '1: /Library/LaunchDaemons/com.joel.colima.plist: Property List error: ',
    )
  })
})

describe('processes', () => {
  test('the state of the VM determines its host processes', async () => {
    const at = createFixture()
    const names = async (): Promise<string[]> => {
      const exit = await at.run('ps -axo pid=,ppid=,user=,args=')
      return exit.kind === 'exited'
        ? exit.stdout
            .split('\n')
            .flatMap(line => /usernet|hostagent|VirtualMachine$|\[mux\]/.exec(line)?.[0] ?? [])
        : []
    }
    expect(await names()).toEqual(['usernet', 'hostagent', 'VirtualMachine', '[mux]'])
    at.host.faultControls.killHostagent()
    expect(await names()).toEqual(['usernet', 'VirtualMachine', '[mux]'])
    await at.run('colima stop --force')
    expect(await names()).toEqual(['usernet', '[mux]'])
  })

  test.each([
    ['kill -9 99999', '1: kill: 99999: No such process'],
    ['kill -FROB 1', '1: kill: illegal signal name: FROB'],
    ['kill -0 501', '0:'],
    ['pgrep -x limactl-nope', '1:'],
    ['uname -s', '0: Darwin'],
    ['sw_vers -productVersion', '0: 26.1'],
  ])('%s', async (command, expected) => {
    expect(await ends(createFixture(), command)).toBe(expected)
  })

  test('a program that is not installed is reported as missing, not as exit 127', async () => {
    expect(await createFixture().run('limactl-nope list')).toEqual({
      kind: 'missing',
      program: 'limactl-nope',
      tookMs: 0,
    })
  })
})

describe('files', () => {
  test('backups have a size and an age, which faults can change', async () => {
    const at = createFixture()
    const folder = '/Volumes/nas/backups/redis'
    const list = () => at.host.files.list(folder)
    expect(await list()).toEqual([
      {
        name: 'dump-2026-11-20.rdb',
        bytes: 115_761,
        modifiedAt: Date.parse('2026-11-20T12:00:00Z'),
      },
    ])
    at.host.faultControls.emptyBackup(folder, 'dump-2026-11-20.rdb')
    expect((await list())[0]?.bytes).toBe(0)
    at.host.faultControls.ageBackup(folder, 'dump-2026-11-20.rdb', 7 * 86_400_000)
    expect((await list())[0]?.modifiedAt).toBe(at.context.clock.now() - 7 * 86_400_000)
    at.host.faultControls.removeBackup(folder, 'dump-2026-11-20.rdb')
    expect(await list()).toEqual([])
  })

  test('read, write, remove; a socket and a folder are not read', async () => {
    const at = createFixture()
    await at.host.files.write('~/.local/state/x', 'one')
    expect([
      await at.host.files.read('/Users/joel/.local/state/x'),
      await at.host.files.read('~/nope'),
    ]).toEqual(['one', undefined])
    await at.host.files.remove('~/.local/state/x')
    expect(await at.host.files.list('~/.local/state')).toEqual([])
    await expect(at.host.files.read('~/.colima/default/docker.sock')).rejects.toThrow(
      'it is a socket',
    )
    await expect(at.host.files.read('~/.colima')).rejects.toThrow('EISDIR')
  })
})
