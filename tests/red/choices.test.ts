// Where the documents disagree, the policy states a choice. Each other option changes the verdicts
// and the remedies accordingly.
import { describe, expect, test } from 'vitest'
import { resources } from '#src/kubernetes/client.ts'
import { changed, otherwise, strangers } from './otherwise.ts'
import { pinned, pinnedPolicy } from './seeds.ts'
import { boot, deeds, difference, findingsIn, joelclaw, node, type World } from './world.ts'

describe('control-plane taint: every pod template tolerates it', () => {
  const policy = changed({
    taints: { controlPlane: 'tolerate', templatesTolerate: false, tolerated: [] },
  })
  const taint = async ({ kube }: World): Promise<unknown> =>
    (await kube()).patch(resources.nodes, node, undefined, 'merge', {
      spec: { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] },
    })

  test('the remedy is a toleration, and heal leaves the taint alone', async () => {
    const world = boot({ policy })
    const before = await world.evaluate()
    await taint(world)
    const after = await world.evaluate()
    expect(difference(before, after)).toEqual({
      [`taints-are-tolerated · node ${node}`]: 'violated',
    })
    expect(findingsIn(world, after.get(`taints-are-tolerated · node ${node}`))).toEqual([
      {
        code: 'taint:node-role.kubernetes.io/control-plane',
        expected: 'every pod template tolerates it',
        remedy:
          'add a toleration for node-role.kubernetes.io/control-plane to ' +
          'joelclaw/livekit-server, joelclaw/bluesky-pds, ' +
          'aistor/adminjob-operator, aistor/object-store-operator, ' +
          'aistor/aistor-s3-pool-0, local-path-storage/local-path-provisioner',
        seen:
          'node-role.kubernetes.io/control-plane:NoSchedule is not tolerated by ' +
          'joelclaw/livekit-server, joelclaw/bluesky-pds, ' +
          'aistor/adminjob-operator, aistor/object-store-operator, ' +
          'aistor/aistor-s3-pool-0, local-path-storage/local-path-provisioner',
      },
    ])
    expect(deeds(await world.heal())).toEqual([])
  })

  test('with the toleration everywhere the taint does no harm', async () => {
    const world = boot({ policy })
    const before = await world.evaluate()
    const api = await world.kube()
    for (const kind of [resources.deployments, resources.statefulsets] as const) {
      for (const {
        metadata: { name, namespace },
      } of await api.list(kind)) {
        await api.patch(kind, name, namespace, 'merge', {
          spec: {
            template: { spec: { tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }] } },
          },
        })
      }
    }
    await taint(world)
    await world.runtime.clock.sleep(300_000)
    // The waived gaps are closed.
    expect(difference(before, await world.evaluate())).toEqual({
      'templates-tolerate-the-control-plane · namespace aistor': 'holds',
      'templates-tolerate-the-control-plane · namespace joelclaw': 'holds',
    })
  })

  test('a key that is never foreign may stay', async () => {
    const world = boot({
      policy: changed({
        taints: {
          controlPlane: 'remove',
          templatesTolerate: false,
          tolerated: ['node-role.kubernetes.io/control-plane'],
        },
      }),
    })
    const before = await world.evaluate()
    await taint(world)
    expect(difference(before, await world.evaluate())).toEqual({})
  })
})

describe('bindings of the API ports: pinned', () => {
  test('a world with pinned ports holds by its policy, through a restart of the node', async () => {
    const world = boot({ change: pinned, policy: pinnedPolicy })
    const before = await world.evaluate()
    expect(
      [...before.values()].filter(({ kind }) => kind !== 'holds' && kind !== 'waived'),
    ).toEqual([])
    await world.docker('restart', node)
    await world.runtime.clock.sleep(60_000)
    expect(deeds(await world.heal())).toEqual(['remove-control-plane-taint'])
  })

  test('by the policy of random ports the same world is violated', async () => {
    const world = boot({ change: pinned, policy: pinnedPolicy })
    const before = await world.evaluate()
    world.policy = joelclaw
    expect(difference(before, await world.evaluate())).toEqual({
      'api-bindings-are-as-declared · API 6443': 'violated',
      'api-bindings-are-as-declared · Talos 50000': 'violated',
    })
  })

  test('by the policy of pinned ports the random world is violated', async () => {
    const { kinds } = await otherwise(pinnedPolicy)
    expect(kinds).toEqual({
      'api-bindings-are-as-declared · API 6443': 'violated',
      'api-bindings-are-as-declared · Talos 50000': 'violated',
    })
  })
})

describe('exposure of system-bus-worker: a worker on the Mac, 3111 kept free for it', () => {
  const because = 'a worker on the Mac listens there'
  const policy = changed({
    ports: joelclaw.ports.filter(port => port.host !== 3111),
    forbiddenPorts: [{ host: 3111, because }],
  })
  const gone = Object.fromEntries(
    ['host-services-use-nodeports', 'port-table-agrees', 'ports-answer-their-application'].map(
      name => [`${name} · system-bus-worker (3111)`, 'gone'],
    ),
  )

  test('the mapping is forbidden, and the NodePort is of no use', async () => {
    const { kinds, findings } = await otherwise(policy)
    expect(kinds).toEqual({ ...gone, [strangers]: 'violated' })
    expect(findings(strangers)).toEqual([
      {
        code: 'unlisted-binding:3111',
        expected: 'every mapping is in the port table',
        remedy: 'remove the mapping',
        seen:
          'the node container maps 3111→3111, which is forbidden: a worker on the ' +
          'Mac listens there',
      },
      {
        code: 'unlisted-nodeport:3111',
        expected: 'a NodePort only for what the host uses, and in the port table',
        remedy: 'make the Service a ClusterIP, or add the port to the policy',
        seen: 'Service joelclaw/system-bus-worker has NodePort 3111',
      },
    ])
  })

  test('without both, and with the worker on the Mac, everything holds', async () => {
    const world = boot({ policy })
    world.lab.host.faultControls.unbind(node, 3111)
    await (
      await world.kube()
    ).patch(resources.services, 'system-bus-worker', 'joelclaw', 'merge', {
      spec: { type: 'ClusterIP' },
    })
    await world.runtime.clock.sleep(10_000)
    world.lab.host.faultControls.addProcess({
      ppid: 1,
      user: 'joel',
      args: 'bun run src/serve.ts',
      listens: [{ port: 3111, answer: { status: 200, body: '{}' } }],
    })
    expect(
      [...(await world.evaluate())].filter(([, { kind }]) => kind !== 'holds' && kind !== 'waived'),
    ).toEqual([])
  })
})

test('LiveKit has moved away: its leftovers are found, and its probes are judged', async () => {
  const { kinds, findings } = await otherwise(
    changed({
      workloads: joelclaw.workloads.filter(({ name }) => name !== 'livekit-server'),
      ports: joelclaw.ports.filter(({ service }) => service !== 'livekit-server'),
    }),
  )
  const ports = ['livekit (7880)', 'livekit-rtc (7881)'].flatMap(port =>
    ['host-services-use-nodeports', 'port-table-agrees', 'ports-answer-their-application'].map(
      name => [`${name} · ${port}`, 'gone'],
    ),
  )
  expect(kinds).toEqual({
    ...Object.fromEntries(ports),
    [strangers]: 'violated',
    'workloads-have-their-replicas · joelclaw/livekit-server': 'gone',
    'newest-templates-run · joelclaw/livekit-server': 'gone',
    // The policy no longer states the warm-up.
    'startup-outlasts-warm-up · joelclaw/livekit-server': 'gone',
  })
  expect(findings(strangers).map(({ code }) => code)).toEqual([
    'unlisted-binding:7880',
    'unlisted-binding:7881',
    'unlisted-nodeport:7880',
    'unlisted-nodeport:7881',
  ])
})

test('context by the first name that fits: it leads to the cluster that is gone', async () => {
  const { world, findings } = await otherwise(
    changed({ identity: { ...joelclaw.identity, contexts: ['admin@joelclaw'] } }),
  )
  expect(findings('kubeconfig-points-to-the-api · joelclaw')).toEqual([
    {
      code: 'port-drifted',
      expected: 'the API is mapped at 127.0.0.1:32768 now',
      remedy:
        'talosctl kubeconfig --force ~/.kube/config, then set its server to ' +
        'https://127.0.0.1:<port>, then kubectl config use-context admin@joelclaw',
      seen: 'context admin@joelclaw points to https://127.0.0.1:63324',
    },
  ])
  expect(
    (await world.evaluate()).get('nodes-are-ready · node joelclaw-controlplane-1'),
  ).toMatchObject({
    kind: 'unknown',
  })
})

test('memory of the node container: 4 GiB, as the runbook makes it', async () => {
  const small = changed({
    nodes: joelclaw.nodes.map(each => ({
      ...each,
      ...(each.container && {
        container: { ...each.container, memory: '4 GiB', restartPolicy: 'always' },
      }),
    })),
  })
  const { world, kinds, findings } = await otherwise(small)
  const name = `node-containers-keep-their-settings · container ${node}`
  expect(kinds).toEqual({ [name]: 'violated' })
  expect(findings(name)).toEqual([
    {
      code: 'restart-policy',
      expected: 'always',
      remedy:
        'docker update --restart always --memory 4294967296 --memory-swap ' +
        '4294967296 joelclaw-controlplane-1',
      seen: 'restart policy is unless-stopped',
    },
    {
      code: 'memory',
      expected: '4 GiB',
      remedy:
        'docker update --restart always --memory 4294967296 --memory-swap ' +
        '4294967296 joelclaw-controlplane-1',
      seen: 'memory is 18.0 GiB',
    },
  ])
  expect(deeds(await world.heal())).toEqual(['reassert-container-settings'])
  expect((await world.evaluate()).get(name)).toEqual({ kind: 'holds' })
})

test('disks that are watched: / alone shows nothing of the disk of images and claims', async () => {
  const world = boot({
    policy: changed({
      storage: {
        ...joelclaw.storage,
        disks: joelclaw.storage.disks.filter(({ path }) => path === '/'),
      },
    }),
  })
  const before = await world.evaluate()
  world.lab.host.faultControls.fillDisk('/var/lib/docker', 0.99)
  expect(difference(before, await world.evaluate())).toEqual({})
})

test('list of probe gaps: every gap beyond the three workloads of the ADR is red', async () => {
  const { kinds } = await otherwise(
    changed({
      waivers: joelclaw.waivers.filter(
        ({ invariant, reason }) =>
          invariant !== 'containers-have-probes' || reason.startsWith('known gap of ADR-0148'),
      ),
    }),
  )
  expect(kinds).toEqual(
    Object.fromEntries(
      ['redis', 'typesense', 'inngest'].map(name => [
        `containers-have-probes · joelclaw/${name}`,
        'violated',
      ]),
    ),
  )
})

/** Topics of the choices: how a verdict shows the chosen option, or why none can. */
const expectations: Readonly<Record<string, string | undefined>> = {
  'exposure of system-bus-worker': 'port table and forbidden ports',
  'exposure of Typesense': 'none: manifest and patch make the same Service',
  'port-forward for in-cluster control surfaces':
    'none: a forward that outlives its command is a finding either way',
  'control-plane taint': 'taints.controlPlane',
  'bindings of the API ports': 'endpoints.pinned',
  'context after a new kubeconfig': 'identity.contexts',
  'TLS to the API': 'none: the policy cannot ask for less',
  'kubectl dead while all services are well':
    'none: each is judged by its own questions, see the ways in',
  'cure of a zombie VM': 'none: the fix knows one cure',
  'when a healer may cycle the VM': 'none: the fix always confirms',
  'Lima ssh mux': 'none: the guard never lets it be killed',
  'list of probe gaps': 'waivers',
  'what a passing probe proves': 'none: the ports are always asked for content',
  'disks that are watched': 'storage.disks',
  'size of the VM': 'none: nothing judges it',
  'memory of the node container': 'nodes.container.memory',
  LiveKit: 'workloads and ports',
}

test('every choice of the policy is tested here, unless no verdict depends on it', () => {
  expect(
    Object.fromEntries(joelclaw.choices.map(({ topic }) => [topic, expectations[topic]])),
  ).toEqual(expectations)
})
