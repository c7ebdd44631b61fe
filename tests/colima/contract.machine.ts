// The adapters of the host against the real programs: what each reads and does, checked by its own
// read functions.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { diskUse } from '#helpers/colima/disks.ts'
import { messageOf } from '#tests/runtime/scripted.ts'
import { systemd } from '#helpers/systemd/client.ts'
import { configInfo, kubeconfig, setEndpoint } from '#helpers/talos/client.ts'
import { vm as inside } from '#helpers/colima/vm.ts'
import { answer, daemon, files, call, until, up, vm } from './machine.ts'
import { service } from './policy.ts'
import { profile } from './profile.ts'

/** The deadline of one command on an emulated machine, ms. */
const patience = 120_000
const docker = daemon(patience)

beforeAll(up)

describe('colima', () => {
  test('says that it runs, and where its socket is', async () => {
    expect(await vm(patience).status()).toEqual({
      kind: 'running',
      runtime: 'docker',
      socket: files.socket,
    })
  })

  test('is in its own list, running', async () => {
    const own = (await vm(patience).list()).find(({ name }) => name === profile)
    expect(own).toMatchObject({ name: profile, status: 'Running', runtime: 'docker' })
    expect(
      [own?.cpus, own?.memory, own?.disk].every(value => value !== undefined && value > 0),
    ).toBe(true)
  })

  test('that runs has no orphans', async () => {
    expect(await vm(patience).orphans()).toEqual([])
  })

  test('a profile that is not there is not running, or says why', async () => {
    const { colima } = await import('#helpers/colima/client.ts')
    expect(await colima(call(patience), 'holdfast-nobody').status()).toEqual({
      kind: 'not-running',
      description: expect.stringContaining('not running') as string,
    })
  })
})

describe('ssh', () => {
  test.for([true, false])('brings every word as it is (mux: %s)', async mux => {
    const words = ["it's", '$HOME', 'a  b', '"quoted"', '*', ';id', '|', '\\', 'ü']
    expect(await inside(call(patience), profile).run(['printf', '%s\\n', ...words], { mux })).toBe(
      words.map(word => `${word}\n`).join(''),
    )
  })

  test('a command that fails is its own failure, with what it said', async () => {
    expect(
      await messageOf(inside(call(patience), profile).run(['cat', '/nothing/here'], { mux: true })),
    ).toMatch(
      new RegExp(
        String.raw`^ssh lima-colima\S* cat /nothing/here: exit 1: ` +
          'cat: /nothing/here: No such file or directory$',
      ),
    )
  })

  test('a command that does not end is killed at its deadline', async () => {
    expect(
      await messageOf(inside(call(5_000), profile).run(['sleep', '600'], { mux: true })),
    ).toMatch(/^ssh \S+ sleep 600 did not answer within 5\.\d s and was killed$/)
  })

  test('tells how full disks are, and which is not there', async () => {
    const [root] = await diskUse(call(patience), profile, ['/'])
    expect(root).toEqual({
      path: '/',
      mount: '/',
      usedPercent: expect.any(Number) as number,
      totalBytes: expect.any(Number) as number,
    })
    expect([
      root?.usedPercent !== undefined && root.usedPercent > 0 && root.usedPercent < 100,
      root?.totalBytes !== undefined && root.totalBytes > 2 ** 30,
    ]).toEqual([true, true])
    expect(await messageOf(diskUse(call(patience), profile, ['/nothing']))).toContain(
      'No such file or directory',
    )
  })
})

describe('systemd', () => {
  const units = (ms = patience) =>
    systemd(call(ms), { host: files.sshHost, config: files.sshConfig })

  test('tells a unit that runs from one that is not there', async () => {
    const docker = await units().show('docker')
    expect(docker).toMatchObject({
      active: 'active',
      sub: 'running',
      result: 'success',
      restarts: expect.any(Number) as number,
    })
    expect([
      docker?.pid !== undefined && docker.pid > 1,
      docker?.activeSince !== undefined && docker.activeSince > Date.parse('2026-01-01'),
    ]).toEqual([true, true])
    expect([
      await units().isActive('docker'),
      await units().isActive('k3s'),
      await units().show('k3s'),
    ]).toEqual([true, false, undefined])
  })

  test('restarts a unit, and nothing that is not there', async () => {
    const before = await units().show('systemd-journald')
    await units().restart('systemd-journald')
    const after = await units().show('systemd-journald')
    expect([after?.active, after?.pid !== before?.pid]).toEqual(['active', true])
    expect(await messageOf(units().restart('k3s'))).toMatch(
      new RegExp(
        String.raw`^ssh \S+ sudo -n systemctl restart k3s: exit 5: ` +
          String.raw`Failed to restart k3s\.service: Unit k3s\.service not found\.$`,
      ),
    )
  })

  test('brings the last lines of a unit, and no more', async () => {
    const lines = await units().journal('docker', { lines: 3 })
    expect(lines).toHaveLength(3)
    expect(
      lines.every(
        ({ at, priority, description }) =>
          at > Date.parse('2026-01-01') && priority >= 0 && priority <= 7 && description !== '',
      ),
    ).toBe(true)
    expect(await units().journal('docker', { lines: 3, since: Date.parse('2100-01-01') })).toEqual(
      [],
    )
  })
})

describe('docker', () => {
  const state = async () => {
    const { status, running, paused, exitCode, bindings } = await docker.inspect(service.container)
    return { status, running, paused, exitCode, published: bindings.map(({ host }) => host) }
  }
  const alive = {
    status: 'running',
    running: true,
    paused: false,
    exitCode: 0,
    published: [service.port],
  }

  test('says who it is', async () => {
    expect(await docker.info()).toEqual({
      version: expect.stringMatching(/^\d+\./) as string,
      name: expect.stringContaining('colima') as string,
      cpus: expect.any(Number) as number,
      memory: expect.any(Number) as number,
    })
  })

  test('shows the container as it was made', async () => {
    expect(await docker.inspect(service.container)).toMatchObject({
      name: service.container,
      running: true,
      restartPolicy: 'unless-stopped',
      memory: 64 * 2 ** 20,
      memorySwap: 64 * 2 ** 20,
      bindings: [{ container: service.inside, protocol: 'tcp', host: service.port }],
      declared: [{ container: service.inside, protocol: 'tcp', host: service.port }],
    })
    expect((await docker.ps()).find(({ name }) => name === service.container)).toMatchObject({
      state: 'running',
      status: expect.stringMatching(/^Up /) as string,
    })
  })

  test('pauses, kills, starts, stops and restarts what inspect then shows', async () => {
    await docker.pause(service.container)
    expect(await state()).toEqual({ ...alive, status: 'paused', paused: true })
    await docker.unpause(service.container)
    expect(await state()).toEqual(alive)
    await docker.stop(service.container, { patience: 1 })
    expect(await state()).toMatchObject({ status: 'exited', running: false, published: [] })
    await docker.start(service.container)
    const { startedAt, pid } = await docker.inspect(service.container)
    expect(pid).toBeGreaterThan(0)
    await docker.restart(service.container, { patience: 1 })
    expect((await docker.inspect(service.container)).startedAt).toBeGreaterThan(startedAt)
    expect(await state()).toEqual(alive)
    await until('the service answers', 180_000, async () => (await answer()) !== undefined)
  })

  test('updates restart policy and memory, and back', async () => {
    await docker.update(service.container, { restart: 'always', memory: 96 * 2 ** 20 })
    expect(await docker.inspect(service.container)).toMatchObject({
      restartPolicy: 'always',
      memory: 96 * 2 ** 20,
      memorySwap: 96 * 2 ** 20,
    })
    await docker.update(service.container, { restart: 'unless-stopped', memory: 64 * 2 ** 20 })
    expect(await docker.inspect(service.container)).toMatchObject({
      restartPolicy: 'unless-stopped',
      memory: 64 * 2 ** 20,
    })
  })

  test('knows no container that is not there', async () => {
    expect(await messageOf(docker.inspect('holdfast-nobody'))).toBe(
      'docker inspect holdfast-nobody: exit 1: No such object: holdfast-nobody',
    )
    expect(await messageOf(docker.start('holdfast-nobody'))).toMatch(
      /^docker start holdfast-nobody: exit 1: .*No such container: holdfast-nobody/,
    )
  })
})

describe('talosctl, its client alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-talos-'))
  const talosconfig = join(folder, 'config')
  // talosctl only needs a certificate that it can parse. This one belongs to nobody.
  writeFileSync(
    talosconfig,
    'context: here\ncontexts:\n  here:\n    endpoints: [127.0.0.1:1]\n    nodes: [10.5.0.2]\n',
    { mode: 0o600 },
  )

  test('shows where it would go, and goes elsewhere when told', async () => {
    try {
      expect(await configInfo(call(patience), talosconfig)).toMatchObject({
        context: 'here',
        nodes: ['10.5.0.2'],
        endpoints: ['127.0.0.1:1'],
      })
      await setEndpoint(call(patience), '127.0.0.1:2', talosconfig)
      expect((await configInfo(call(patience), talosconfig)).endpoints).toEqual(['127.0.0.1:2'])
      expect(
        await messageOf(
          kubeconfig(call(patience), { path: join(folder, 'kubeconfig'), talosconfig }),
        ),
      ).toMatch(/^talosctl kubeconfig --force: exit 1: /)
      expect(await messageOf(configInfo(call(patience), join(folder, 'none')))).toBe(
        'talosctl config info: exit 1: no context is set',
      )
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
