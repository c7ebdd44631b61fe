// Commands over ssh: quoting, disks, kernel, services, and the node's files and processes.
import { describe, expect, test } from 'vitest'
import { sock, sshConfig, createFixture, type HostFixture } from '#lab/host/fixture.ts'
import { parseLine, ShellError } from './parse-line.ts'

const inVm = (at: HostFixture, line: string) =>
  at.run(['ssh', '-F', sshConfig, 'lima-colima', line])
const out = async (at: HostFixture, line: string): Promise<string> => {
  const exit = await inVm(at, line)
  return exit.kind === 'exited' ? `${exit.code}: ${exit.stdout}${exit.stderr}`.trim() : exit.kind
}
const bridge = '/proc/sys/net/bridge/bridge-nf-call-iptables'

describe('words', () => {
  test.each([
    ['a  b', [['a', 'b']]],
    [`awk '{print int($1)}' /proc/uptime`, [['awk', '{print int($1)}', '/proc/uptime']]],
    [String.raw`echo "a \"b\" c" d\ e ''`, [['echo', 'a "b" c', 'd e', '']]],
    ['a && b || c; d', [['a'], ['b'], ['c'], ['d']]],
    ['a >/dev/null 2>&1', [['a']]],
  ])('%s', (line, words) => {
    expect(parseLine(line).map(command => command.words)).toEqual(words)
  })

  test.each(['a | b', 'a $(b) `c`', "a 'b", '&& a', '(a)'])(
    '%s is not understood, and said so',
    line => {
      expect(() => parseLine(line)).toThrow(ShellError)
    },
  )
})

describe('kernel', () => {
  test('the settings of br_netfilter vanish with it, and are 1 after the next load', async () => {
    const at = createFixture()
    expect(await out(at, `test -e ${bridge}`)).toBe('0:')
    expect(await out(at, 'sudo modprobe -r br_netfilter')).toBe('0:')
    expect(await out(at, `test -e ${bridge}`)).toBe('1:')
    expect(await out(at, 'sudo sysctl -w net.bridge.bridge-nf-call-iptables=1')).toBe(
      '1: sysctl: cannot stat /proc/sys/net/bridge/bridge-nf-call-iptables: No such ' +
        'file or directory',
    )
    expect([...at.machine.kernel.modules]).toEqual(['overlay'])
    expect(
      await out(
        at,
        'sudo modprobe br_netfilter && sudo sysctl -n net.bridge.bridge-nf-call-iptables',
      ),
    ).toBe('0: 1')
    expect(await out(at, 'sudo sysctl -w net.bridge.bridge-nf-call-iptables=0')).toBe(
      '0: net.bridge.bridge-nf-call-iptables = 0',
    )
    expect(await out(at, `cat ${bridge}`)).toBe('0: 0')
  })

  test('a boot loads the modules of the seed, even those unloaded before', async () => {
    const at = createFixture()
    at.host.faultControls.unloadModule('br_netfilter')
    await at.run('colima restart')
    expect([...at.machine.kernel.modules]).toEqual(['br_netfilter', 'overlay'])
  })

  test('uptime counts from the boot of the VM', async () => {
    const at = createFixture()
    expect(await out(at, "awk '{print int($1)}' /proc/uptime")).toBe('0: 60')
    await at.run('colima restart')
    expect(await out(at, "awk '{print int($1)}' /proc/uptime")).toBe('0: 25')
  })
})

describe('disks', () => {
  test('df prints both file systems in the form that scripts parse', async () => {
    const at = createFixture()
    expect(await out(at, 'df -P -k / /var/lib/docker')).toMatchInlineSnapshot(`
      "0: Filesystem     1024-blocks     Used Available Capacity Mounted on
      /dev/vda1         20134592  5033648  15100944      25% /
      /dev/vdb1        102687672 41075068  61612604      40% /var/lib/docker"
    `)
    at.host.faultControls.fillDisk('/var/lib/docker', 0.93)
    expect(await out(at, 'df -P -k /var/lib/docker/volumes')).toMatchInlineSnapshot(`
      "0: Filesystem     1024-blocks     Used Available Capacity Mounted on
      /dev/vdb1        102687672 95499534   7188138      93% /var/lib/docker"
    `)
  })

  test('df -h prints rounded sizes, as through colima ssh', async () => {
    expect(await createFixture().run('colima ssh -- df -h /')).toMatchObject({
      code: 0,
      stdout:
        'Filesystem      Size  Used Avail Use% Mounted on\n' +
        '/dev/vda1        20G  4.9G   15G  25% /\n',
    })
  })

  test('df of a missing path fails', async () => {
    expect(await out(createFixture(), 'df -P -k /nope')).toBe(
      '1: df: /nope: No such file or directory',
    )
  })
})

describe('the node from outside', () => {
  async function subnetEnv(at: HostFixture): Promise<string> {
    const pid = await at.run([
      'docker',
      '-H',
      sock,
      'inspect',
      '-f',
      '{{.State.Pid}}',
      'joelclaw-controlplane-1',
    ])
    return `/proc/${pid.kind === 'exited' ? pid.stdout.trim() : ''}/root/run/flannel/subnet.env`
  }

  test("reads the node's files through the container's first process", async () => {
    const at = createFixture()
    const file = await subnetEnv(at)
    expect(await out(at, `sudo cat ${file}`)).toBe('0: FLANNEL_MTU=1450')
    expect(await out(at, `sudo mv -f ${file} ${file}.aside && sudo test -e ${file}`)).toBe('1:')
    expect(await out(at, `sudo mv -f ${file}.aside ${file} && sudo test -e ${file}`)).toBe('0:')
    expect(await out(at, `sudo mv -f ${file}.aside ${file}`)).toBe(
      `1: mv: cannot stat '${file}.aside': No such file or directory`,
    )
    expect(await out(at, `sudo rm -f ${file} && sudo test -e ${file}`)).toBe('1:')
    expect(at.machine.files.has('/run/flannel/subnet.env')).toBe(false)
  })

  test("finds the node's processes by name, and stops, continues and kills them", async () => {
    const at = createFixture()
    expect(await out(at, 'pgrep -x typesense-server')).toBe('0: 90001')
    await inVm(at, 'sudo kill -STOP 90001')
    expect(await out(at, 'sudo ps -eo pid=,stat=,comm= -p 90001')).toBe(
      '0:   90001 Tl typesense-server',
    )
    await inVm(at, 'sudo kill -CONT 90001')
    await inVm(at, 'sudo kill -KILL 90001')
    expect(await out(at, 'pgrep -x typesense-server')).toBe('1:')
    expect(await out(at, 'sudo kill -9 4')).toBe('1: kill: (4): No such process')
    expect(at.nodeApiCalls.map(line => line.split(' ').slice(1).join(' '))).toEqual([
      'started',
      'STOP 90001',
      'CONT 90001',
      'KILL 90001',
    ])
  })
})

describe('services', () => {
  test('is-active exits 0 if a service is active, and 3 if none is', async () => {
    const at = createFixture()
    expect(await out(at, 'systemctl is-active docker.service ssh.socket')).toBe('0: active\nactive')
    await inVm(at, 'sudo systemctl stop docker.socket docker.service')
    expect(await out(at, 'systemctl is-active docker')).toBe('3: inactive')
    expect(await out(at, 'sudo systemctl start docker && docker ps -q')).toMatch(
      /^0: [0-9a-f]{12}$/,
    )
  })

  test('a masked docker cannot be started', async () => {
    const at = createFixture()
    await inVm(at, 'sudo systemctl mask --now docker.service')
    expect(await out(at, 'sudo systemctl start docker')).toBe(
      '1: Failed to start docker.service: Unit docker.service is masked.',
    )
  })
})

test.each([
  ['frob', '127: bash: line 1: frob: command not found'],
  ['a | b', "2: bash: -c: line 1: syntax error near unexpected token `|'"],
  ['false || true', '0:'],
  ['cat /nope', '1: cat: /nope: No such file or directory'],
  ['cat /nope 2>/dev/null', '1:'],
])('%s', async (line, expected) => {
  expect(await out(createFixture(), line)).toBe(expected)
})

test('a command ends with the ssh error when the VM dies', async () => {
  const at = createFixture()
  const command = inVm(at, 'docker stop joelclaw-controlplane-1')
  await at.context.clock.sleep(3000)
  at.host.faultControls.killVm()
  expect(await command).toMatchObject({
    code: 255,
    stderr: expect.stringContaining('Connection to 127.0.0.1 closed by remote host.'),
  })
})
