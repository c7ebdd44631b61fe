// Starts, stops and repairs of the VM over time: what starts twice, what a forced stop leaves
// behind, and which repair works for which failure.
import { describe, expect, test } from 'vitest'
import { fixtureSeed, sock, sshConfig, createFixture, type HostFixture } from '#lab/host/fixture.ts'

const codeOf = async (
  at: HostFixture,
  command: string,
  deadline = 600_000,
): Promise<number | string> => {
  const exit = await at.run(command, deadline)
  return exit.kind === 'exited' ? exit.code : exit.kind
}
const port = async (at: HostFixture): Promise<string> =>
  (await at.host.net.http('http://127.0.0.1:8108/health', { deadline: 2000 })).kind

describe('colima start', () => {
  test('containers start at boot and again after docker’s restart', async () => {
    const at = createFixture(fixtureSeed(), { booted: false })
    const exit = at.run('colima start')
    const seen: string[] = []
    for (let second = 1; second <= 26; second += 1) {
      await at.context.clock.sleep(1000)
      const { docker, booting } = at.host.faultControls.vm()
      const now = `${booting ? 'booting' : 'up'} docker ${docker} node ${at.machine.state}`
      if (seen.at(-1)?.endsWith(now) !== true) seen.push(`${second} ${now}`)
    }
    expect(seen).toMatchInlineSnapshot(`
      [
        "1 up docker stopped node stopped",
        "2 booting docker stopped node stopped",
        "8 booting docker running node running",
        "11 up docker running node running",
        "22 up docker running node stopped",
        "23 up docker stopped node stopped",
        "25 up docker running node running",
      ]
    `)
    expect((await exit).tookMs).toMatchInlineSnapshot(`26090`)
  })

  test('during a boot list prints Running, start ignores it, status finds no runtime', async () => {
    const at = createFixture(fixtureSeed(), { booted: false })
    const first = at.run('colima start')
    await at.context.clock.sleep(3000)
    expect(
      (await at.run('colima list --json')).kind === 'exited' && at.host.faultControls.vm().process,
    ).toBe('running')
    expect(await at.run('colima start')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('already running, ignoring'),
    })
    const status = await at.run('colima status')
    expect(status).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('error retrieving current runtime: empty value'),
    })
    expect(await first).toMatchObject({ code: 0 })
  })

  test('a start that is killed leaves the VM booting, without the restart of docker', async () => {
    const at = createFixture()
    await at.run('colima stop')
    expect(await at.run('colima start', 5000)).toMatchObject({ kind: 'timed-out', tookMs: 5000 })
    await at.context.clock.sleep(60_000)
    expect(at.nodeApiCalls.slice(2)).toEqual(['82.68 started'])
    expect(await codeOf(at, `docker -H ${sock} ps`)).toBe(0)
  })

  test("a disk marker of another instance blocks it; the VM's own does not", async () => {
    const at = createFixture()
    await at.run('colima stop')
    at.host.faultControls.writeFile(
      '~/.colima/_lima/_disks/colima/in_use_by',
      '/Users/joel/.colima/_lima/colima-old',
    )
    expect(await at.run('colima start')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(
        'could not attach disk \\"colima\\", in use by instance \\"colima-old\\"',
      ),
    })
    at.host.faultControls.writeFile(
      '~/.colima/_lima/_disks/colima/in_use_by',
      '/Users/joel/.colima/_lima/colima',
    )
    expect(await codeOf(at, 'colima start')).toBe(0)
  })

  test('with docker masked it tries 120 times, while status reports a healthy VM', async () => {
    const at = createFixture()
    at.host.faultControls.stopDocker(true)
    expect(await at.run('colima restart', 560_000)).toMatchObject({
      kind: 'timed-out',
      stdout: expect.stringContaining('Unit docker.service is masked.'),
      stderr: expect.stringContaining('error restarting docker: exit status 1'),
    })
    expect(await codeOf(at, 'colima status')).toBe(0)
  })
})

describe('colima restart', () => {
  test('stops and starts a healthy VM in the recorded order, second by second', async () => {
    const at = createFixture()
    const done = at.run('colima restart')
    const seen: string[] = []
    for (let second = 1; second <= 48; second += 1) {
      await at.context.clock.sleep(1000)
      const { process, docker } = at.host.faultControls.vm()
      const socket =
        at.host.faultControls.vm().dockerForward && docker === 'running' ? 'up' : 'down'
      const port = at.host.apiAt(8108).kind === 'refused' ? 'refused' : 'forwarded'
      const now = `VM ${process}, socket ${socket}, port ${port}, node ${at.machine.state}`
      if (seen.at(-1)?.endsWith(now) !== true) seen.push(`${second} ${now}`)
    }
    expect(seen).toMatchInlineSnapshot(`
      [
        "1 VM running, socket up, port forwarded, node running",
        "13 VM running, socket down, port forwarded, node stopped",
        "16 VM gone, socket down, port refused, node stopped",
        "20 VM running, socket down, port refused, node stopped",
        "26 VM running, socket down, port refused, node running",
        "29 VM running, socket up, port forwarded, node running",
        "41 VM running, socket down, port forwarded, node stopped",
        "43 VM running, socket up, port forwarded, node running",
      ]
    `)
    expect((await done).tookMs).toMatchInlineSnapshot(`44680`)
  })

  test('colima ssh passes words on unchanged', async () => {
    expect(
      await createFixture().run(['colima', 'ssh', '--', 'sh', '-c', "echo 'a  b' && false"]),
    ).toMatchObject({
      code: 1,
      stdout: 'a  b\n',
      stderr: expect.stringMatching(/level=fatal msg="exit status 1"\n$/),
    })
  })

  test('every start chooses a new ssh port', async () => {
    const at = createFixture()
    const ports = [at.host.faultControls.vm().sshPort]
    for (let start = 0; start < 3; start += 1) {
      await at.run('colima restart')
      ports.push(at.host.faultControls.vm().sshPort)
    }
    expect(new Set(ports).size).toBe(4)
  })

  test('repairs fault D, does nothing for E, hangs in C', async () => {
    const d = createFixture()
    d.host.faultControls.killUsernet()
    expect(await d.run('colima restart')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(
        'level=warning ' +
          'msg="error retrieving runtimes: error retrieving current runtime: empty value"',
      ),
    })
    expect(await port(d)).toBe('answered')
    const e = createFixture()
    e.host.faultControls.killHostagent()
    expect(await e.run('colima restart')).toMatchObject({ code: 1, tookMs: 3320 })
    const c = createFixture()
    c.host.faultControls.freezeVm(true)
    expect(await c.run('colima restart', 75_000)).toMatchObject({
      kind: 'timed-out',
      stderr: expect.stringMatching(/^time="\S+" level=info msg="stopping colima"\n$/),
    })
    expect(c.host.faultControls.vm().process).toBe('frozen')
  })
})

describe('colima stop --force', () => {
  test.each([
    ['healthy', () => undefined, 2200],
    ['C', (at: HostFixture) => at.host.faultControls.freezeVm(true), 2200],
    ['D', (at: HostFixture) => at.host.faultControls.killUsernet(), 140],
    ['E', (at: HostFixture) => at.host.faultControls.killHostagent(), 140],
    ['G', (at: HostFixture) => at.host.faultControls.freezeHostagent(true), 10_700],
  ])('%s: 0, and a start afterwards brings the node back', async (_name, breaks, takes) => {
    const at = createFixture()
    breaks(at)
    expect(await at.run('colima stop --force')).toMatchObject({ code: 0, tookMs: takes })
    expect(at.machine.state).toBe('stopped')
    expect(await codeOf(at, 'colima start')).toBe(0)
    expect(at.machine.state).toBe('running')
  })

  test('after fault E orphans keep the ports, and killing them is not enough', async () => {
    const at = createFixture()
    at.host.faultControls.killHostagent()
    await at.run('colima stop --force')
    const orphans = await at.run(['pgrep', '-fl', 'limactl usernet|ssh.sock \\[mux\\]'])
    expect(orphans.kind === 'exited' && orphans.stdout.trim().split('\n').length).toBe(2)
    expect(await at.run('colima start')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(
        'failed to set up forwarding tcp port 8108 (negligible if already forwarded)',
      ),
    })
    expect(await port(at)).toBe('silent')
    const pids =
      orphans.kind === 'exited'
        ? orphans.stdout
            .trim()
            .split('\n')
            .map(line => line.split(' ')[0]!)
        : []
    await at.run(['kill', '-9', ...pids])
    expect(await port(at)).toBe('refused')
    await at.run(`docker -H ${sock} restart joelclaw-controlplane-1`)
    await at.context.clock.sleep(4000)
    expect(await port(at)).toBe('answered')
  })
})

describe('a lost ssh master', () => {
  test('only a new ssh login restores the ports, within 10 s; the socket stays dead', async () => {
    const at = createFixture()
    at.host.faultControls.killMaster()
    await at.context.clock.sleep(22_000)
    expect(await port(at)).toBe('refused')
    await at.run(`ssh -F ${sshConfig} lima-colima true`)
    expect(await port(at)).toBe('refused')
    await at.context.clock.sleep(10_000)
    expect(await port(at)).toBe('answered')
    expect(await codeOf(at, `docker -H ${sock} ps`)).toBe(1)
  })

  test('ssh forwards the socket again only after the dead socket file is removed', async () => {
    const at = createFixture()
    at.host.faultControls.killMaster()
    const forwarded = '/Users/joel/.colima/default/docker.sock:/var/run/docker.sock'
    const forward = `ssh -F ${sshConfig} -O forward -L ${forwarded} lima-colima`
    expect(await codeOf(at, forward)).toBe(255)
    await at.run(`ssh -F ${sshConfig} lima-colima true`)
    expect(await codeOf(at, forward)).toBe(255)
    await at.run('rm -f /Users/joel/.colima/default/docker.sock')
    expect(await codeOf(at, forward)).toBe(0)
    expect(await codeOf(at, `docker -H ${sock} ps`)).toBe(0)
    expect(at.nodeApiCalls).toEqual(['0 started'])
  })

  test('-O check and exit', async () => {
    const at = createFixture()
    const { master } = at.host.faultControls.vm().pids
    expect(await at.run(`ssh -F ${sshConfig} -O check lima-colima`)).toMatchObject({
      code: 0,
      stderr: `Master running (pid=${master})\r\n`,
    })
    expect(await at.run(`ssh -F ${sshConfig} -O exit lima-colima`)).toMatchObject({
      code: 0,
      stderr: 'Exit request sent.\r\n',
    })
    expect(await at.run(`ssh -F ${sshConfig} -O check lima-colima`)).toMatchObject({ code: 255 })
  })
})

test('SIGCONT resumes a frozen VM: hanging clients continue, and the node was paused', async () => {
  const at = createFixture()
  const { process } = at.host.faultControls.vm().pids
  await at.run(`kill -STOP ${process}`)
  const hanging = at.run('colima status --json', 60_000)
  await at.context.clock.sleep(30_000)
  await at.run(`kill -CONT ${process}`)
  expect(await hanging).toMatchObject({ kind: 'exited', code: 0 })
  expect(at.nodeApiCalls).toEqual(['0 started', '60.02 paused', '90.04 resumed'])
})

test('ssh past the master of a frozen VM fails in the key exchange after 3 s', async () => {
  const at = createFixture()
  at.host.faultControls.freezeVm(true)
  expect(
    await at.run(`ssh -F ${sshConfig} -o ControlPath=none -o ConnectTimeout=5 lima-colima true`),
  ).toMatchObject({ code: 255, tookMs: 3000 })
})

test('each crash leaves one more usernet process', async () => {
  const at = createFixture()
  const count = async (): Promise<number> => {
    const exit = await at.run(['pgrep', '-f', 'limactl usernet'])
    return exit.kind === 'exited' ? exit.stdout.split('\n').length - 1 : -1
  }
  expect(await count()).toBe(1)
  at.host.faultControls.killVm()
  await at.context.clock.sleep(4000)
  await at.run('colima start')
  expect(await count()).toBe(2)
})

test('the same seed gives the same history, and another seed another history', async () => {
  async function history(seed: number): Promise<string> {
    const at = createFixture(fixtureSeed(), { seed })
    const texts = [
      JSON.stringify(await at.run('colima restart')),
      JSON.stringify(await at.run(`docker -H ${sock} inspect joelclaw-controlplane-1`)),
      ...at.nodeApiCalls,
    ]
    return texts.join('\n')
  }
  expect(await history(5)).toBe(await history(5))
  expect(await history(5)).not.toBe(await history(6))
})
