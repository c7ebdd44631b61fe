// What adapters do to the lab's world: each act has its effect, and the read functions of the same
// adapter show it.
import { describe, expect, test } from 'vitest'
import { colima } from '#helpers/colima/client.ts'
import { docker } from '#helpers/docker/client.ts'
import { diskUse } from '#helpers/colima/disks.ts'
import { chooseContext, openKube, readKubeconfig, resources } from '#src/kubernetes/client.ts'
import { jobOf, readPlist } from '#helpers/launchd/client.ts'
import { portForwards, processes } from '#helpers/host/processes.ts'
import { messageOf } from '#tests/runtime/scripted.ts'
import { configInfo, kubeconfig, setEndpoint } from '#helpers/talos/client.ts'
import { pointContext } from '#helpers/talos/kubeconfig.ts'
import { calm, newLab, nodeName, policy, toolsOf } from './world.ts'

const socket = '/Users/joel/.colima/default/docker.sock'

/** The default PATH on macOS. */
const systemPath = '/usr/bin:/bin:/usr/sbin:/sbin'

describe('docker', () => {
  test('inspect shows the node container as the policy wants it', async () => {
    const { bindings, declared, id, startedAt, pid, ...view } = await docker(toolsOf(calm), {
      socket,
    }).inspect(nodeName)
    expect(view).toEqual({
      name: nodeName,
      running: true,
      status: 'running',
      paused: false,
      exitCode: 0,
      restartPolicy: 'unless-stopped',
      memory: 18 * 2 ** 30,
      memorySwap: 18 * 2 ** 30,
      cpus: 2,
    })
    expect([id, startedAt <= calm.runtime.clock.now(), pid > 0]).toEqual([
      expect.stringMatching(/^[0-9a-f]{64}$/),
      true,
      true,
    ])
    expect(declared.map(({ container, host }) => [container, host])).toEqual([
      [3000, 9627],
      [3111, 3111],
      [6379, 6379],
      [6443, undefined],
      [7880, 7880],
      [7881, 7881],
      [8108, 8108],
      [8288, 8288],
      [8289, 8289],
      [31_000, 31_000],
      [31_001, 31_001],
      [50_000, undefined],
    ])
    expect(bindings.filter(({ container }) => [6443, 50_000, 3000].includes(container))).toEqual([
      { container: 3000, protocol: 'tcp', hostIp: '0.0.0.0', host: 9627 },
      { container: 6443, protocol: 'tcp', hostIp: '0.0.0.0', host: 32_768 },
      { container: 50_000, protocol: 'tcp', hostIp: '0.0.0.0', host: 32_769 },
    ])
  })

  test('stops, starts, pauses, kills and restarts what inspect then shows', async () => {
    const lab = newLab()
    const daemon = docker(toolsOf(lab, 60_000), { socket })
    const state = async (): Promise<unknown> => {
      const { status, running, paused, exitCode, bindings } = await daemon.inspect(nodeName)
      return { status, running, paused, exitCode, published: bindings.length }
    }
    const alive = { status: 'running', running: true, paused: false, exitCode: 0, published: 12 }
    await daemon.pause(nodeName)
    expect(await state()).toEqual({ ...alive, status: 'paused', paused: true })
    await daemon.unpause(nodeName)
    expect(await state()).toEqual(alive)
    await daemon.stop(nodeName, { patience: 3 })
    expect(await state()).toMatchObject({ status: 'exited', running: false, published: 0 })
    expect((await daemon.ps()).map(({ name, state: shown }) => [name, shown])).toEqual([
      [nodeName, 'exited'],
    ])
    await daemon.start(nodeName)
    expect(await state()).toEqual(alive)
    const { startedAt } = await daemon.inspect(nodeName)
    await daemon.restart(nodeName)
    expect(await state()).toEqual(alive)
    expect((await daemon.inspect(nodeName)).startedAt).toBeGreaterThan(startedAt)
  })

  test('updates restart policy and memory, with no swap besides', async () => {
    const daemon = docker(toolsOf(newLab()), { socket })
    await daemon.update(nodeName, { restart: 'always', memory: 8 * 2 ** 30 })
    expect(await daemon.inspect(nodeName)).toMatchObject({
      restartPolicy: 'always',
      memory: 8 * 2 ** 30,
      memorySwap: 8 * 2 ** 30,
    })
  })

  test('cannot pause a paused container, or find a missing one', async () => {
    const daemon = docker(toolsOf(newLab()), { socket })
    await daemon.pause(nodeName)
    expect(await messageOf(daemon.pause(nodeName))).toMatch(
      /^docker pause joelclaw-controlplane-1: exit 1: .*is already paused/,
    )
    expect(await messageOf(daemon.start('gone'))).toMatch(
      /^docker start gone: exit 1: .*No such container: gone/,
    )
  })
})

describe('colima', () => {
  test('stops and starts the VM; start on a running VM changes nothing', async () => {
    const lab = newLab()
    const vm = colima(toolsOf(lab, 600_000), 'default')
    const { bootedAt } = lab.host.faultControls.vm()
    await vm.start()
    expect(lab.host.faultControls.vm().bootedAt).toBe(bootedAt)
    await vm.stop()
    expect([await vm.status(), (await vm.list())[0]?.status]).toEqual([
      { kind: 'not-running', description: 'colima is not running' },
      'Stopped',
    ])
    await vm.start()
    expect(await vm.status()).toMatchObject({ kind: 'running' })
    expect(lab.host.faultControls.vm().bootedAt).toBeGreaterThan(bootedAt)
  })

  test('stop --force stops a frozen VM, on which a plain stop hangs', async () => {
    const lab = newLab()
    lab.host.faultControls.freezeVm(true)
    expect(await messageOf(colima(toolsOf(lab, 60_000), 'default').stop())).toBe(
      'colima stop did not answer within 60.0 s and was killed',
    )
    await colima(toolsOf(lab, 60_000), 'default').stop({ force: true })
    await colima(toolsOf(lab, 600_000), 'default').start()
    expect(await colima(toolsOf(lab), 'default').status()).toMatchObject({ kind: 'running' })
  })
})

describe('what outlives a VM', () => {
  test('is found after the stop and ended by its ids; a start then gets its ports', async () => {
    const lab = newLab()
    const vm = colima(toolsOf(lab, 600_000), 'default')
    lab.host.faultControls.killHostagent()
    expect(await vm.orphans()).toEqual([])
    await vm.stop({ force: true })
    expect(
      (await vm.orphans())
        .map(({ args }) => (args.endsWith('[mux]') ? 'ssh master' : 'usernet'))
        .toSorted(),
    ).toEqual(['ssh master', 'usernet'])
    expect(await vm.clearOrphans()).toHaveLength(2)
    expect(await vm.orphans()).toEqual([])
    await vm.start()
    expect(await vm.status()).toMatchObject({ kind: 'running' })
  })
})

describe('the kubernetes API', () => {
  const open = (lab = calm) => openKube(toolsOf(lab), policy.identity)

  test('is that of the policy’s context, and each item of a list has its kind', async () => {
    const kube = await open()
    expect([kube.context, kube.server]).toEqual(['admin@joelclaw-1', 'https://127.0.0.1:32768'])
    const found = await kube.list(resources.pods, { namespace: 'joelclaw' })
    expect(
      new Set(
        found.map(
          ({ apiVersion, kind, metadata }) =>
            `${apiVersion} ${kind} ${metadata.namespace} ${'managedFields' in metadata}`,
        ),
      ),
    ).toEqual(new Set(['v1 Pod joelclaw false']))
    expect(await kube.list(resources.nodes, { labelSelector: 'nobody=has' })).toEqual([])
    expect(await kube.get(resources.nodes, nodeName)).toMatchObject({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: nodeName },
    })
    expect(await kube.get(resources.nodes, 'gone')).toBeUndefined()
    expect(await kube.raw('/readyz')).toMatchObject({ status: 200, body: 'ok' })
    expect(await kube.raw('/nothing')).toMatchObject({ status: 404 })
  })

  test('creates, patches in three ways and removes', async () => {
    const kube = await open(newLab())
    const made = await kube.create(resources.configmaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', namespace: 'joelclaw' },
      data: { x: '1' },
    })
    expect(made).toMatchObject({
      kind: 'ConfigMap',
      data: { x: '1' },
      metadata: { name: 'a', namespace: 'joelclaw', uid: expect.any(String) },
    })
    await kube.patch(resources.configmaps, 'a', 'joelclaw', 'merge', { data: { y: '2' } })
    await kube.patch(resources.configmaps, 'a', 'joelclaw', 'json', [
      { op: 'replace', path: '/data/x', value: '3' },
    ])
    expect(
      await kube.patch(resources.configmaps, 'a', 'joelclaw', 'strategic', { data: { z: '4' } }),
    ).toMatchObject({ data: { x: '3', y: '2', z: '4' } })
    await expect(
      kube.create(resources.configmaps, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'a', namespace: 'joelclaw' },
      }),
    ).rejects.toMatchObject({ name: 'KubeError', status: 409, reason: 'AlreadyExists' })
    await expect(
      kube.remove(resources.configmaps, 'a', 'joelclaw', { uid: 'another' }),
    ).rejects.toMatchObject({ status: 409, reason: 'Conflict' })
    expect([
      await kube.remove(resources.configmaps, 'a', 'joelclaw'),
      await kube.remove(resources.configmaps, 'a', 'joelclaw'),
    ]).toEqual(['deleted', 'not found'])
    await expect(
      kube.patch(resources.configmaps, 'a', 'joelclaw', 'merge', {}),
    ).rejects.toMatchObject({ status: 404, reason: 'NotFound' })
  })

  test('sends a watch the present objects, then changes, until its signal ends it', async () => {
    const lab = newLab()
    const kube = await open(lab)
    const over = new AbortController()
    const events: string[] = []
    const watching = kube.watch(resources.nodes, {
      signal: over.signal,
      onEvent: (type, node) =>
        events.push(`${type} ${node.metadata.name} ${String(node.spec?.unschedulable ?? false)}`),
    })
    watching.catch(() => {})
    await lab.runtime.clock.sleep(1_000)
    await kube.patch(resources.nodes, nodeName, undefined, 'merge', {
      spec: { unschedulable: true },
    })
    await lab.runtime.clock.sleep(1_000)
    over.abort(new Error('seen enough'))
    await expect(watching).rejects.toThrow('seen enough')
    expect([...new Set(events)]).toEqual([`ADDED ${nodeName} false`, `MODIFIED ${nodeName} true`])
  })

  test('that is down is unreachable, with a reason', async () => {
    const lab = newLab()
    const kube = await open(lab)
    lab.host.faultControls.killVm()
    await expect(kube.list(resources.pods)).rejects.toMatchObject({
      name: 'KubeUnreachable',
      code: 'ECONNREFUSED',
      message: expect.stringContaining('nothing listens there'),
    })
  })
})

describe('talosctl', () => {
  test(
    'writes a kubeconfig under the name that it is given, with the node’s own address, and ' +
      'leaves the others',
    async () => {
      const lab = newLab()
      const call = toolsOf(lab, 25_000)
      const text = (await lab.runtime.files.read('~/.kube/config')) ?? ''
      await lab.runtime.files.write(
        '~/.kube/config',
        text.replace('https://127.0.0.1:32768', 'https://127.0.0.1:40000'),
      )
      await kubeconfig(call, {
        path: '~/.kube/config',
        talosconfig: '~/.talos/config',
        context: 'admin@joelclaw-1',
      })
      expect(
        (await readKubeconfig(call, '~/.kube/config')).contexts.map(({ name }) => name),
      ).toEqual(['admin@joelclaw', 'admin@joelclaw-1'])
      expect((await openKube(call, policy.identity)).server).toBe('https://10.5.0.2:6443')
      const [path, context] = ['~/.kube/config', 'admin@joelclaw-1']
      await pointContext(call, { path, context, server: 'https://127.0.0.1:32768' })
      expect((await openKube(call, policy.identity)).server).toBe('https://127.0.0.1:32768')
    },
  )

  test('shows and sets its endpoint', async () => {
    const lab = newLab()
    expect(await configInfo(toolsOf(lab), '~/.talos/config')).toEqual({
      context: 'joelclaw-1',
      nodes: ['10.5.0.2'],
      endpoints: ['127.0.0.1:32769'],
      roles: ['os:admin'],
      certificateUntil: '2027-11-20',
    })
    await setEndpoint(toolsOf(lab), '127.0.0.1:50000', '~/.talos/config')
    expect((await configInfo(toolsOf(lab), '~/.talos/config')).endpoints).toEqual([
      '127.0.0.1:50000',
    ])
  })
})

describe('the host', () => {
  test('kubeconfig: contexts as written, and the best of the wanted ones', async () => {
    const config = await readKubeconfig(toolsOf(calm), '~/.kube/config')
    expect(config.contexts.map(({ name, server, insecure }) => [name, server, insecure])).toEqual([
      ['admin@joelclaw', 'https://127.0.0.1:63324', false],
      ['admin@joelclaw-1', 'https://127.0.0.1:32768', false],
    ])
    expect([
      config.current,
      chooseContext(config, policy.identity.contexts),
      chooseContext(config, ['nobody']),
    ]).toEqual(['admin@joelclaw-1', 'admin@joelclaw-1', undefined])
  })

  test('launchd: the plist of a job and its state in launchd', async () => {
    const path = '~/Library/LaunchAgents/com.joel.talon.plist'
    expect(await readPlist(toolsOf(calm), path)).toEqual({
      label: 'com.joel.talon',
      arguments: ['/Users/joel/.local/bin/talon'],
      runAtLoad: true,
      keepAlive: true,
      environment: {
        HOME: '/Users/joel',
        PATH: `/opt/homebrew/bin:/Users/joel/.local/bin:/usr/local/bin:${systemPath}`,
      },
    })
    expect(await jobOf(toolsOf(calm), 'gui/501/com.joel.talon')).toEqual({
      state: 'running',
      pid: 812,
      runs: 1,
      path: path.replace('~', '/Users/joel'),
    })
  })

  test('processes: a port-forward is found by its arguments', async () => {
    const lab = newLab()
    expect(await portForwards(toolsOf(lab))).toEqual([])
    const pid = lab.host.faultControls.portForward({
      service: 'redis',
      namespace: 'joelclaw',
      port: 16_379,
      target: 6379,
    })
    expect(await portForwards(toolsOf(lab))).toEqual([
      {
        pid,
        ppid: 1,
        user: 'joel',
        args: 'kubectl port-forward svc/redis 16379:16379 -n joelclaw',
      },
    ])
    expect((await processes(toolsOf(lab))).find(process => process.pid === 812)?.args).toBe(
      '/Users/joel/.local/bin/talon',
    )
  })

  test('disks: as full as the test made them', async () => {
    const lab = newLab()
    lab.host.faultControls.fillDisk('/', 0.875)
    expect(
      (await diskUse(toolsOf(lab), 'default', ['/', '/var/lib/docker'])).map(
        ({ path, usedPercent }) => [path, usedPercent >= 87 && usedPercent <= 93],
      ),
    ).toEqual([
      ['/', true],
      ['/var/lib/docker', false],
    ])
  })
})
