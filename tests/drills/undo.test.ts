// Every fault can be undone: to the state before it, once or twice, from a record that went through
// JSON.
import { describe, expect, test } from 'vitest'
import { restartColima, zombie } from '#helpers/colima/faults.ts'
import { deadPortForward } from '#helpers/host/faults.ts'
import { faults } from '#helpers/faults.ts'
import { loseSubnetEnv } from '#helpers/flannel/faults.ts'
import { unloadModule } from '#helpers/colima/faults.ts'
import { killContainer, pauseContainer, restartContainer } from '#helpers/docker/faults.ts'
import { cordon } from '#helpers/kubernetes/faults/nodes.ts'
import { taint } from '#helpers/kubernetes/faults/nodes.ts'
import { takeLiveness } from '#helpers/kubernetes/faults/probes.ts'
import { giveLiveness } from '#helpers/kubernetes/faults/probes.ts'
import { freeze } from '#helpers/docker/faults.ts'
import { badImage } from '#helpers/kubernetes/faults/images.ts'
import { resetNodePort } from '#helpers/kubernetes/faults/services.ts'
import { deletePods } from '#helpers/kubernetes/faults/pods.ts'
import type {
  BoundFault,
  FaultContext,
  Json,
  Node,
  Service,
  WorkloadObject,
} from '#src/model/index.ts'
import type { Lab } from '#lab/lab.ts'
import { differences, factsOf } from './facts.ts'
import { newLab, nodeName, policy, runtimeOf } from './stage.ts'

const key = 'example.com/kept'
const probe = {
  httpGet: { path: '/health', port: 8108 },
  periodSeconds: 10,
  timeoutSeconds: 3,
  failureThreshold: 3,
  initialDelaySeconds: 60,
}

interface Case {
  name: string
  fault: BoundFault
  /** Prepares the state before the fault, if it differs from the healthy one. */
  given?(lab: Lab): unknown
  /** The facts that differ after the injection, which prove that the fault did something. */
  harms: readonly string[]
  /** The facts that a restart changes for good. The undo does not restore them. */
  leaves?: readonly string[]
}

const node = `Node /${nodeName}`
const pds = 'Service joelclaw/bluesky-pds'
const typesense = 'StatefulSet joelclaw/typesense'
const worker = { namespace: 'joelclaw', name: 'system-bus-worker', container: 'system-bus-worker' }
const setNode = (lab: Lab, change: (spec: NonNullable<Node['spec']>) => void): unknown =>
  lab.context.store.update<Node>('Node', undefined, nodeName, draft => change((draft.spec ??= {})))

const cases: readonly Case[] = [
  { name: 'taint', fault: taint({ node: nodeName, key, effect: 'NoSchedule' }), harms: [node] },
  {
    name: 'taint, beside another one',
    given: lab =>
      setNode(
        lab,
        spec => void (spec.taints = [{ key: 'example.com/other', effect: 'PreferNoSchedule' }]),
      ),
    fault: taint({ node: nodeName, key, effect: 'NoSchedule' }),
    harms: [node],
  },
  {
    name: 'taint that was there before',
    given: lab =>
      setNode(
        lab,
        spec => void (spec.taints = [{ key, value: 'mine', effect: 'PreferNoSchedule' }]),
      ),
    fault: taint({ node: nodeName, key, effect: 'PreferNoSchedule' }),
    harms: [],
  },
  { name: 'cordon', fault: cordon({ node: nodeName }), harms: [node] },
  {
    name: 'cordon that was there before',
    given: lab => setNode(lab, spec => void (spec.unschedulable = true)),
    fault: cordon({ node: nodeName }),
    harms: [],
  },
  {
    name: 'NodePort',
    fault: resetNodePort({ namespace: 'joelclaw', service: 'bluesky-pds', nodePort: 9627 }),
    harms: [pds],
  },
  {
    name: 'NodePort that was another before',
    fault: resetNodePort({ namespace: 'joelclaw', service: 'bluesky-pds', nodePort: 9627 }),
    harms: [pds],
    given: lab =>
      lab.context.store.update<Service>(
        'Service',
        'joelclaw',
        'bluesky-pds',
        draft => void (draft.spec.ports![0]!.nodePort = 30_123),
      ),
  },
  {
    name: 'NodePort that was that one before',
    given: lab =>
      lab.context.store.update<Service>(
        'Service',
        'joelclaw',
        'bluesky-pds',
        draft => void (draft.spec.ports![0]!.nodePort = 9627),
      ),
    fault: resetNodePort({ namespace: 'joelclaw', service: 'bluesky-pds', nodePort: 9627 }),
    harms: [],
  },
  {
    name: 'liveness probe',
    fault: giveLiveness({
      namespace: 'joelclaw',
      name: 'typesense',
      container: 'typesense',
      probe,
    }),
    harms: [typesense],
  },
  {
    name: 'liveness probe where there was another',
    fault: giveLiveness({
      namespace: 'joelclaw',
      name: 'typesense',
      container: 'typesense',
      probe,
    }),
    harms: [typesense],
    given: lab =>
      lab.context.store.update<WorkloadObject>('StatefulSet', 'joelclaw', 'typesense', draft => {
        draft.spec.template.spec.containers[0]!.livenessProbe = {
          tcpSocket: { port: 8108 },
          periodSeconds: 30,
          timeoutSeconds: 1,
          failureThreshold: 9,
          successThreshold: 1,
        }
      }),
  },
  {
    name: 'image that does not exist',
    fault: badImage({ ...worker, image: 'ghcr.io/joelhooks/system-bus-worker:never-pushed' }),
    harms: ['Deployment joelclaw/system-bus-worker'],
  },
  {
    name: 'image that was that one before',
    fault: badImage({ ...worker, image: 'ghcr.io/joelhooks/system-bus-worker:never-pushed' }),
    harms: [],
    given: lab =>
      lab.context.store.update<WorkloadObject>(
        'Deployment',
        'joelclaw',
        'system-bus-worker',
        draft =>
          void (draft.spec.template.spec.containers[0]!.image =
            'ghcr.io/joelhooks/system-bus-worker:never-pushed'),
      ),
  },
  // After a forced deletion the replacement starts at once: only the names of the pods differ.
  {
    name: 'pods deleted',
    fault: deletePods({
      kind: 'Deployment',
      namespace: 'joelclaw',
      name: 'bluesky-pds',
      force: true,
    }),
    harms: [],
  },
  {
    name: 'process frozen',
    fault: freeze({ program: 'typesense-server' }),
    harms: ['frozen processes'],
  },
  {
    name: 'process that was frozen before',
    fault: freeze({ program: 'typesense-server' }),
    harms: [],
    given: lab => {
      for (const machine of lab.host.machines)
        for (const { pid, comm } of machine.processes.values())
          if (comm === 'typesense-server') lab.node.signal(machine, pid, 'STOP')
    },
  },
  {
    name: 'subnet.env taken away',
    fault: loseSubnetEnv({
      container: nodeName,
      path: '/run/flannel/subnet.env',
      appearsWithin: '10 s',
    }),
    harms: ['files of the node'],
  },
  {
    name: 'module unloaded',
    fault: unloadModule({ module: 'br_netfilter' }),
    harms: ['modules', 'sysctls'],
  },
  {
    name: 'module that was not loaded',
    fault: unloadModule({ module: 'vxlan' }),
    given: lab => lab.host.faultControls.unloadModule('vxlan'),
    harms: [],
  },
  {
    name: 'port-forward',
    fault: deadPortForward({
      namespace: 'joelclaw',
      service: 'inngest-svc',
      local: 18_288,
      remote: 8288,
    }),
    harms: ['port-forwards'],
  },
  {
    name: 'node container restarted',
    fault: restartContainer({ container: nodeName }),
    harms: ['container'],
    leaves: [node, 'container', 'forwards'],
  },
  {
    name: 'node container killed',
    fault: killContainer({ container: nodeName }),
    harms: ['container'],
    leaves: [node, 'container', 'forwards'],
  },
  {
    name: 'node container paused',
    fault: pauseContainer({ container: nodeName }),
    harms: ['container'],
  },
  {
    name: 'no liveness probe to take',
    fault: takeLiveness({ namespace: 'joelclaw', name: 'typesense', container: 'typesense' }),
    harms: [],
  },
  {
    name: 'Colima restarted',
    fault: restartColima({ profile: 'default' }),
    harms: [],
    leaves: [node],
  },
  {
    name: 'Colima a zombie',
    fault: zombie({ profile: 'default' }),
    harms: ['container', 'vm'],
    leaves: [node],
  },
]

/** Faults that need a shell in the node, which Talos lacks: tests on a real node undo them. */
const inside: ReadonlySet<string> = new Set(['data.kill-while-writing', 'node.stop-kubelet'])

const handsOf = (lab: Lab): FaultContext => ({
  runtime: runtimeOf(lab),
  policy,
  signal: new AbortController().signal,
})
const kindOf = ({ name }: BoundFault) => faults.get(name)!
const throughJson = (record: Json): Json => JSON.parse(JSON.stringify(record)) as Json
/** Waits until controllers and kubelets have reacted. A back-off may take longer. */
const settled = (lab: Lab): Promise<void> => lab.runtime.clock.sleep(120_000)

async function prepared({ fault, given }: Case) {
  const lab = newLab()
  given?.(lab)
  if (given !== undefined) await settled(lab)
  const context = handsOf(lab)
  const before = await factsOf(lab)
  return { lab, context, before, kind: kindOf(fault), record: await fault.prepare(context) }
}

describe('undo', () => {
  test('covers every fault', () => {
    expect([...new Set(cases.map(({ fault }) => fault.name))].toSorted()).toEqual(
      [...faults.keys()].filter(name => !inside.has(name)).toSorted(),
    )
  })

  test.for(cases)(
    '$name: undone from a record that went through JSON, and a second undo changes nothing',
    async case_ => {
      const { lab, context, before, kind, record } = await prepared(case_)
      expect(throughJson(record)).toEqual(record)
      await kind.inject(throughJson(record), context)
      expect(differences(before, await factsOf(lab))).toEqual(
        expect.arrayContaining([...case_.harms]),
      )
      await kind.undo(throughJson(record), context)
      await settled(lab)
      const once = await factsOf(lab)
      expect(differences(before, once)).toEqual(case_.leaves ?? [])
      await kind.undo(throughJson(record), context)
      await settled(lab)
      expect(differences(once, await factsOf(lab))).toEqual([])
    },
  )

  test.for(cases)('$name: an undo without an injection changes nothing', async case_ => {
    const { lab, context, before, kind, record } = await prepared(case_)
    await kind.undo(throughJson(record), context)
    await settled(lab)
    expect(differences(before, await factsOf(lab))).toEqual([])
  })

  test.for(cases)('$name: the manual undo is a command for a person', async case_ => {
    const { kind, record } = await prepared(case_)
    expect(kind.manualUndo(throughJson(record))).toMatch(
      /^(kubectl|colima|docker|ssh|find|delete) /,
    )
  })
})
