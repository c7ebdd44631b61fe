// The lab as a whole, seen through the same adapters as a real cluster.
import { Pool } from 'undici'
import { describe, expect, test } from 'vitest'
import { manifestsOf } from '#src/runs/manifests.ts'
import { run } from '#src/commands/command.ts'
import { messageOf } from '#tests/runtime/scripted.ts'
import { openKube, resources } from '#src/kubernetes/client.ts'
import type { Node, Pod, Tls } from '#src/model/index.ts'
import { createLab, findWorld, type Lab } from './lab.ts'
import { fakeTls } from './host/pem.ts'

const found = await findWorld('joelclaw')
if (found === undefined) throw new Error('the lab has no world for joelclaw')
const world = found
const manifests = manifestsOf('joelclaw')
const newLab = (seed = 1): Lab => createLab(world, { seed, manifests })

const tls = ({
  ca = world.host.tls.ca,
  verify = true,
}: { ca?: string; verify?: boolean } = {}): Tls => ({
  ca,
  cert: world.host.tls.cert,
  key: world.host.tls.key,
  verify,
})

/** The result of a GET over the runtime's connections: the status, or the code of the error. */
async function get(
  lab: Lab,
  port: number,
  path = '/readyz',
  material = tls(),
): Promise<number | string> {
  try {
    const { statusCode, body } = await lab.runtime
      .dispatcher(material)
      .request({ origin: `https://127.0.0.1:${port}`, path, method: 'GET' })
    await body.dump()
    return statusCode
  } catch (error) {
    return error instanceof Error ? String(Reflect.get(error, 'code')) : String(error)
  }
}

const nodeName = 'joelclaw-controlplane-1'
const call = (lab: Lab) => ({
  runtime: lab.runtime,
  deadline: 5_000,
  signal: new AbortController().signal,
})
const open = (lab: Lab) =>
  openKube(call(lab), { kubeconfig: '~/.kube/config', contexts: ['admin@joelclaw-1'] })

/** A docker command on the lab's host that must succeed. */
const docker = (lab: Lab, ...words: readonly string[]): Promise<string> =>
  run({ ...call(lab), deadline: 60_000 }, ['docker', ...words])

/** The host port that publishes the node's API now. */
const publishedAt = async (lab: Lab): Promise<number> =>
  Number((await docker(lab, 'port', nodeName, '6443/tcp')).trim().split('\n')[0]?.split(':').at(-1))

const isReady = (pod: Pod): boolean =>
  pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false

describe('a world', () => {
  test('exists for joelclaw, and for no unknown cluster', async () => {
    expect(world.name).toBe('joelclaw')
    expect(await findWorld('tazlab')).toBeUndefined()
  })

  test('without manifests fails with an error, because it never becomes ready', () => {
    expect(() => createLab({ ...world, secrets: [] }, { seed: 1, manifests: [] })).toThrow(
      'The world did not become ready in 90 min: it has no pods',
    )
  })

  test('the error about a refused manifest names it and the answer of the API', () => {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'odd', namespace: 'default' },
      spec: { type: 'NodePort', ports: [{ port: 70_000 }] },
    }
    expect(() => createLab(world, { seed: 1, manifests: [...manifests, service] })).toThrow(
      /^The lab cannot create Service default\/odd: .*70000/,
    )
  })

  test('the same seed gives the same bytes, and another seed another history', () => {
    const state = (lab: Lab): string =>
      JSON.stringify([
        lab.runtime.clock.now(),
        lab.context.store.version,
        ...['Pod', 'Node', 'Event', 'Lease'].map(kind => lab.context.store.list(kind)),
      ])
    const [one, same, other] = [state(newLab(7)), state(newLab(7)), state(newLab(8))]
    expect(same === one).toBe(true)
    expect(other === one).toBe(false)
  })

  test.for(Array.from({ length: 20 }, (_, index) => index * 7919 + 1))(
    'of seed %d boots until every pod is Ready, in bounded virtual time',
    seed => {
      const lab = newLab(seed)
      const pods = lab.context.store.list<Pod>('Pod')
      expect(pods.filter(pod => !isReady(pod)).map(({ metadata }) => metadata.name)).toEqual([])
      expect(pods.length).toBeGreaterThanOrEqual(10)
      const took = lab.runtime.clock.now() - world.startsAt
      // The boot ends with ten quiet minutes, after which nothing counts as recently started.
      expect([took >= 600_000, took < 1_500_000]).toEqual([true, true])
      expect(
        lab.context.store
          .list<Node>('Node')
          .map(({ metadata, spec }) => [
            metadata.name,
            spec?.taints ?? [],
            spec?.unschedulable ?? false,
          ]),
      ).toEqual([['joelclaw-controlplane-1', [], false]])
    },
  )
})

describe('its runtime', () => {
  const lab = newLab()
  const api = 32_768
  const talos = 32_769

  test('is marked as a rehearsal, and has all capabilities', () => {
    expect([lab.runtime.target, lab.runtime.lacks, lab.runtime.home]).toEqual([
      { kind: 'lab', description: 'a simulated world: a rehearsal, no proof about a live cluster' },
      {},
      '/Users/joel',
    ])
  })

  test('shares a pool for the same TLS material only', () => {
    const pool = lab.runtime.dispatcher(tls())
    expect(lab.runtime.dispatcher(tls())).toBe(pool)
    expect(
      new Set([
        pool,
        lab.runtime.dispatcher(tls({ verify: false })),
        lab.runtime.dispatcher(tls({ ca: 'another' })),
        lab.runtime.dispatcher({ ...tls(), serverName: 'kubernetes' }),
      ]).size,
    ).toBe(4)
    expect(pool).not.toBeInstanceOf(Pool)
  })

  test('sends requests to the published API port, in virtual time', async () => {
    const before = lab.runtime.clock.now()
    expect(await get(lab, api)).toBe(200)
    const took = lab.runtime.clock.now() - before
    expect([took >= 3, took <= 25]).toEqual([true, true])
  })

  test('rejects a certificate of another authority unless verification is off', async () => {
    const bygone = fakeTls('joelclaw', 147).ca
    expect(await get(lab, api, '/readyz', tls({ ca: bygone }))).toBe('SELF_SIGNED_CERT_IN_CHAIN')
    expect(await get(lab, api, '/readyz', tls({ ca: bygone, verify: false }))).toBe(200)
    expect(await get(lab, api, '/readyz', { verify: true })).toBe('SELF_SIGNED_CERT_IN_CHAIN')
  })

  test('fails at the ports of Talos and of a service, and is refused at unused ports', async () => {
    expect([await get(lab, talos), await get(lab, 6379), await get(lab, 40_000)]).toEqual([
      'EPROTO',
      'ECONNRESET',
      'ECONNREFUSED',
    ])
  })
})

describe('when ports drift', () => {
  test('the kubeconfig’s port may belong to Talos: a TLS error, never an answer', async () => {
    const lab = newLab()
    const text = (await lab.runtime.files.read('~/.kube/config')) ?? ''
    await lab.runtime.files.write(
      '~/.kube/config',
      text.replace('127.0.0.1:32768', '127.0.0.1:32769'),
    )
    const kube = await open(lab)
    expect(await messageOf(kube.list(resources.nodes))).toMatch(
      new RegExp(
        String.raw`^https://127\.0\.0\.1:32769 did not answer.*: EPROTO 127\.0\.0\.1:32769: ` +
          'it does not speak TLS: another program may own the port',
      ),
    )
  })

  test('finds the API at its new port after a restart of the node’s container', async () => {
    const lab = newLab()
    await docker(lab, 'restart', nodeName)
    await lab.runtime.clock.sleep(60_000)
    const port = await publishedAt(lab)
    expect([await get(lab, 32_768), await get(lab, 32_769), await get(lab, port)]).toEqual([
      'ECONNREFUSED',
      'ECONNREFUSED',
      200,
    ])
  })
})

describe('an API server', () => {
  test('that is starting answers readyz with 500, and refuses all other requests', async () => {
    const lab = newLab()
    await docker(lab, 'stop', nodeName)
    await docker(lab, 'start', nodeName)
    const port = await publishedAt(lab)
    for (let turn = 0; turn < 100 && lab.host.apiAt(port).kind !== 'open'; turn += 1)
      lab.context.clock.advance(100)
    expect([
      lab.node.apiState(lab.host.machines[0]!),
      await get(lab, port),
      await get(lab, port, '/api/v1/nodes'),
    ]).toEqual(['starting', 500, 403])
  })

  test('whose machine is frozen accepts connections and never answers', async () => {
    const lab = newLab()
    await docker(lab, 'pause', nodeName)
    const kube = await open(lab)
    const before = lab.runtime.clock.now()
    await expect(kube.raw('/readyz')).rejects.toMatchObject({
      name: 'KubeUnreachable',
      code: 'SILENT',
    })
    expect(lab.runtime.clock.now() - before).toBe(5_000)
  })

  test('that stops breaks its open connections', async () => {
    const lab = newLab()
    const kube = await open(lab)
    const watching = kube.watch(resources.nodes, {
      signal: new AbortController().signal,
      onEvent: () => {},
    })
    watching.catch(() => {})
    await lab.runtime.clock.sleep(1_000)
    await docker(lab, 'kill', nodeName)
    await expect(watching).rejects.toMatchObject({
      name: 'KubeUnreachable',
      code: 'UND_ERR_SOCKET',
    })
  })
})
