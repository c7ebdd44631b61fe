// The path from a host port to an application, and each place where a connection can fail.
import { describe, expect, test } from 'vitest'
import { fixtureSeed, sock, createFixture, type HostFixture } from './fixture.ts'

const get = (at: HostFixture, url: string) => at.host.net.http(url, { deadline: 2000 })
const kind = async (at: HostFixture, port = 8108): Promise<string> =>
  (await get(at, `http://127.0.0.1:${port}/health`)).kind

test('a GET passes the forwarder, the binding and the NodePort', async () => {
  const at = createFixture()
  expect(await get(at, 'http://localhost:8108/health')).toEqual({
    kind: 'answered',
    status: 200,
    body: '{"ok":true}',
    tookMs: 4,
  })
  expect(await get(at, 'http://127.0.0.1:9627/xrpc/_health')).toMatchObject({
    kind: 'answered',
    body: '{"version":"0.4"}',
  })
  expect(await get(at, 'https://127.0.0.1:8108/health')).toMatchObject({ kind: 'answered' })
  expect(
    await at.host.net.tcp({ host: '127.0.0.1', port: 8108, send: 'PING\r\n' }, { deadline: 1000 }),
  ).toEqual({ kind: 'answered', status: 200, body: '{"ok":true}', tookMs: 4 })
})

test('an unmapped port refuses, and the name of an unknown host does not resolve', async () => {
  const at = createFixture()
  expect(await get(at, 'http://127.0.0.1:3838/')).toEqual({
    kind: 'refused',
    why: 'connect ECONNREFUSED 127.0.0.1:3838',
    tookMs: 1,
  })
  expect(await get(at, 'http://example.invalid/')).toMatchObject({ kind: 'failed' })
})

test('a slow application is silent at the deadline; a closed port resets', async () => {
  const at = createFixture()
  at.answers.set(8108, { kind: 'answer', status: 503, body: 'warming up', ms: 20 })
  expect(await get(at, 'http://127.0.0.1:8108/')).toMatchObject({
    kind: 'answered',
    status: 503,
    tookMs: 21,
  })
  at.answers.set(8108, { kind: 'answer', status: 200, body: 'late', ms: 3000 })
  expect(await get(at, 'http://127.0.0.1:8108/')).toEqual({
    kind: 'silent',
    why: 'no answer within 2000 ms',
    tookMs: 2000,
  })
  at.answers.set(8108, { kind: 'silent' })
  expect(await get(at, 'http://127.0.0.1:8108/')).toMatchObject({ kind: 'silent', tookMs: 2000 })
  at.answers.delete(8108)
  expect(await get(at, 'http://127.0.0.1:8108/')).toMatchObject({ kind: 'reset' })
})

test('the forwarder of an ended container accepts until the guest agent’s tick', async () => {
  const at = createFixture()
  await at.run(['docker', '-H', sock, 'kill', 'joelclaw-controlplane-1'])
  expect(await kind(at)).toBe('reset')
  await at.context.clock.sleep(3000)
  expect(await kind(at)).toBe('refused')
})

describe('forwarders', () => {
  const faults: readonly (readonly [string, (at: HostFixture) => void, string, string])[] = [
    ['docker stopped', at => at.host.faultControls.stopDocker(), 'refused', 'refused'],
    ['ssh master gone', at => at.host.faultControls.killMaster(), 'refused', 'silent'],
    ['VM frozen', at => at.host.faultControls.freezeVm(true), 'silent', 'silent'],
    ['usernet gone', at => at.host.faultControls.killUsernet(), 'refused', 'silent'],
    ['hostagent gone', at => at.host.faultControls.killHostagent(), 'answered', 'refused'],
    ['hostagent frozen', at => at.host.faultControls.freezeHostagent(true), 'answered', 'silent'],
    ['VM gone', at => at.host.faultControls.killVm(), 'refused', 'refused'],
  ]
  test.each(faults)('%s', async (_name, breaks, viaSsh, viaGrpc) => {
    const kinds: string[] = []
    for (const forwarder of ['ssh', 'grpc'] as const) {
      const at = createFixture(fixtureSeed({ forwarder }))
      breaks(at)
      await at.context.clock.sleep(5000)
      kinds.push(await kind(at))
    }
    expect(kinds).toEqual([viaSsh, viaGrpc])
  })

  test('grpc stays silent even after a new ssh master has started', async () => {
    const at = createFixture(fixtureSeed({ forwarder: 'grpc' }))
    at.host.faultControls.killMaster()
    await at.run('colima status')
    await at.context.clock.sleep(15_000)
    expect(await kind(at)).toBe('silent')
  })
})

describe('other listeners on a port', () => {
  test('a host process keeps its port: Docker binds it, but the forward fails', async () => {
    const at = createFixture()
    at.host.faultControls.bind('joelclaw-controlplane-1', {
      container: 3111,
      host: 3111,
      hostIp: '0.0.0.0',
    })
    await at.context.clock.sleep(4000)
    expect(await get(at, 'http://127.0.0.1:3111/api/inngest')).toMatchObject({
      kind: 'answered',
      body: '{"functions":110}',
    })
    expect([...at.host.faultControls.vm().conflicts]).toEqual([3111])
    at.host.faultControls.unbind('joelclaw-controlplane-1', 3111)
    await at.context.clock.sleep(4000)
    expect([...at.host.faultControls.vm().conflicts]).toEqual([])
  })

  test('without the host process the stale binding takes the port and resets', async () => {
    const at = createFixture(fixtureSeed({ processes: [] }))
    at.host.faultControls.bind('joelclaw-controlplane-1', {
      container: 3111,
      host: 3111,
      hostIp: '0.0.0.0',
    })
    await at.context.clock.sleep(4000)
    expect(await kind(at, 3111)).toBe('reset')
  })

  test('a port-forward answers until it breaks silently: its process keeps running', async () => {
    const at = createFixture()
    const pid = at.host.faultControls.portForward({
      service: 'typesense',
      namespace: 'joelclaw',
      port: 18_108,
      target: 8108,
    })
    expect(await kind(at, 18_108)).toBe('answered')
    expect(await at.run(['pgrep', '-fl', 'kubectl port-forward'])).toMatchObject({
      stdout: `${pid} kubectl port-forward svc/typesense 18108:18108 -n joelclaw\n`,
    })
    at.host.faultControls.breakForward(pid, 'hanging')
    expect(await kind(at, 18_108)).toBe('silent')
    at.host.faultControls.breakForward(pid, 'refusing')
    expect(await kind(at, 18_108)).toBe('refused')
    expect(await at.run(['pgrep', '-f', 'kubectl port-forward'])).toMatchObject({ code: 0 })
    await at.run(['kill', String(pid)])
    expect(await at.run(['pgrep', '-f', 'kubectl port-forward'])).toMatchObject({ code: 1 })
  })

  test('a port-forward dies with the API server that it streams through', async () => {
    const at = createFixture()
    at.host.faultControls.portForward({
      service: 'typesense',
      namespace: 'joelclaw',
      port: 18_108,
      target: 8108,
    })
    at.api.state = 'refused'
    expect(await kind(at, 18_108)).toBe('silent')
  })
})

describe('API server and Talos', () => {
  test.each([
    [
      'http://127.0.0.1:32768/readyz',
      'serving',
      { kind: 'answered', status: 400, body: 'Client sent an HTTP request to an HTTPS server.\n' },
    ],
    ['https://127.0.0.1:32768/readyz', 'serving', { kind: 'answered', status: 200, body: 'ok' }],
    ['https://127.0.0.1:32768/readyz', 'starting', { kind: 'answered', status: 500 }],
    ['https://127.0.0.1:32768/readyz', 'hanging', { kind: 'silent' }],
    ['https://127.0.0.1:32768/readyz', 'refused', { kind: 'reset' }],
    ['https://127.0.0.1:32768/api', 'serving', { kind: 'answered', status: 403 }],
    ['https://127.0.0.1:32769/', 'serving', { kind: 'reset' }],
  ] as const)('GET %s while %s', async (url, state, expected) => {
    const at = createFixture()
    at.api.state = state
    expect(await get(at, url)).toMatchObject(expected)
  })

  test('apiAt takes the same route', () => {
    const at = createFixture()
    expect([32_768, 32_769, 8108, 3111, 1].map(port => at.host.apiAt(port).kind)).toEqual([
      'open',
      'open',
      'reset',
      'reset',
      'refused',
    ])
    at.host.faultControls.freezeVm(true)
    expect(at.host.apiAt(32_768)).toEqual({ kind: 'silent' })
  })
})

test("the VM's own address bypasses the forwarder", async () => {
  const at = createFixture(fixtureSeed({ forwarder: 'grpc' }))
  at.host.faultControls.killMaster()
  expect(await get(at, 'http://192.168.64.2:8108/health')).toMatchObject({ kind: 'answered' })
  expect(await get(at, 'http://192.168.64.2:8109/health')).toMatchObject({ kind: 'refused' })
})

test('an aborted signal rejects with its reason', async () => {
  const at = createFixture()
  at.answers.set(8108, { kind: 'silent' })
  const controller = new AbortController()
  const asked = at.host.net.http('http://127.0.0.1:8108/', {
    deadline: 60_000,
    signal: controller.signal,
  })
  controller.abort(new Error('enough'))
  await expect(asked).rejects.toThrow('enough')
  await expect(
    at.host.shell.run(['colima', 'status'], { deadline: 1000, signal: controller.signal }),
  ).rejects.toThrow('enough')
})
