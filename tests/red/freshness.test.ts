// A fact is only as fresh as its reporter: the last report of a silent kubelet never makes a
// verdict hold.
import { reasonOf } from '#src/reporting/sentences.ts'
import { describe, expect, test } from 'vitest'
import { pinned, pinnedPolicy, twoNodes, withWorker, worker } from './seeds.ts'
import { boot, deeds, difference, inFull, node, type Verdicts, type World } from './world.ts'

/**
 * The reasons of the unknown verdicts, without duplicates: the same for all verdicts that depend on
 * one kubelet.
 */
const reasons = (verdicts: Verdicts): readonly string[] =>
  [
    ...new Set(
      [...verdicts.values()].flatMap(verdict =>
        verdict.kind === 'unknown'
          ? [reasonOf({ verdict }).replaceAll(/\d+(\.\d+)? (ms|s)\b/g, '…')]
          : [],
      ),
    ),
  ].toSorted()

/** The reason for a pod that the kubelet has not reported since its node started. */
const staleRunning = new RegExp(
  '^pod \\S+ is said to run since before joelclaw-controlplane-1 started … ago: ' +
    'its kubelet has not reported it since$',
)

const unknown = (verdicts: Verdicts): readonly string[] =>
  [...verdicts].flatMap(([name, { kind }]) => (kind === 'unknown' ? [name] : []))

/** All verdicts for which the kubelet is the only source. */
const onKubelet = {
  'nodes-are-ready · *': 'unknown',
  'flannel-serves-every-node · *': 'unknown',
  'flannel-has-its-subnet · *': 'unknown',
  'no-pod-is-stuck · *': 'unknown',
  'no-pod-is-unknown · *': 'unknown',
  'workloads-have-their-replicas · *': 'unknown',
} as const

async function until(world: World, done: () => boolean): Promise<void> {
  for (let turn = 0; !done(); turn += 1) {
    if (turn > 600) throw new Error('what was waited for did not come within a minute')
    await world.runtime.clock.sleep(100)
  }
}

describe('after docker restart of the node', () => {
  const restarted = async (): Promise<{ world: World; before: Verdicts }> => {
    // With pinned ports the kubeconfig still leads to the API, so nothing else hides the stale
    // answers.
    const world = boot({ change: pinned, policy: pinnedPolicy })
    const before = await world.evaluate()
    await world.docker('restart', node)
    return { world, before }
  }

  test('the API repeats Ready and Running: nothing holds until the Lease is renewed', async () => {
    const { world, before } = await restarted()
    const machine = world.lab.host.machines[0]!
    await until(world, () => world.lab.node.apiState(machine) === 'serving')
    const pods = await (await world.kube()).raw('/api/v1/pods')
    expect([pods.status, /"type":"Ready","status":"False"/.test(pods.body)]).toEqual([200, false])

    const after = await world.evaluate()
    expect(unknown(after).toSorted()).toEqual(Object.keys(inFull(onKubelet, before)).toSorted())
    expect(reasons(after)).toEqual([
      `the kubelet of ${node} has not renewed its Lease since its node started … ago: ` +
        'the API shows its old state',
    ])
  })

  test('the Lease is renewed before the first pod report: pods are still unknown', async () => {
    const { world, before } = await restarted()
    const lease = async (): Promise<number> =>
      Date.parse(
        /"renewTime":"([^"]+)"/.exec(
          (
            await (
              await world.kube()
            ).raw(`/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${node}`)
          ).body,
        )?.[1] ?? '',
      )
    await until(world, () => world.lab.node.apiState(world.lab.host.machines[0]!) === 'serving')
    for (let turn = 0; !((await lease()) > world.lab.host.machines[0]!.startedAt); turn += 1) {
      expect(turn).toBeLessThan(100)
      await world.runtime.clock.sleep(100)
    }
    const after = await world.evaluate()
    // The kubelet reports again, so holdfast may believe its Ready and the absence of sandbox
    // errors.
    const {
      'nodes-are-ready · *': _ready,
      'flannel-has-its-subnet · *': _subnet,
      ...onPods
    } = onKubelet
    expect(unknown(after).toSorted()).toEqual(Object.keys(inFull(onPods, before)).toSorted())
    expect(reasons(after).every(why => staleRunning.test(why))).toBe(true)
  })

  test('everything holds again once the taint is removed and the pods are back', async () => {
    const { world, before } = await restarted()
    await world.runtime.clock.sleep(60_000)
    expect(deeds(await world.heal())).toEqual(['remove-control-plane-taint'])
    await world.runtime.clock.sleep(120_000)
    expect(difference(before, await world.evaluate())).toEqual({})
  })
})

describe('a kubelet falls silent', () => {
  /**
   * The verdicts that depend on the silent worker alone. Its pods are those of flannel, kube-proxy
   * and AIStor.
   */
  const onWorker = {
    [`nodes-are-ready · node ${worker}`]: 'unknown',
    [`flannel-has-its-subnet · node ${worker}`]: 'unknown',
    'flannel-serves-every-node · joelclaw': 'unknown',
    'no-pod-is-stuck · namespace aistor': 'unknown',
    'no-pod-is-stuck · namespace kube-system': 'unknown',
    'no-pod-is-unknown · namespace aistor': 'unknown',
    'no-pod-is-unknown · namespace kube-system': 'unknown',
    'workloads-have-their-replicas · aistor/aistor-s3-pool-0': 'unknown',
    'workloads-have-their-replicas · kube-system/kube-flannel': 'unknown',
    'workloads-have-their-replicas · kube-system/kube-proxy': 'unknown',
  } as const
  /** The host sees this directly and at once. */
  const seen = {
    [`node-containers-run · node ${worker}`]: 'violated',
    'ports-answer-their-application · aistor-s3 (31000)': 'violated',
    'ports-answer-their-application · aistor-console (31001)': 'violated',
  } as const

  const silent = async (ms: number): Promise<{ before: Verdicts; after: Verdicts }> => {
    const world = boot({ change: withWorker, policy: twoNodes })
    const before = await world.evaluate()
    await world.docker('pause', worker)
    await world.runtime.clock.sleep(ms)
    return { before, after: await world.evaluate() }
  }

  test('for less than 40 s: its last report still counts', async () => {
    const { before, after } = await silent(20_000)
    expect(difference(before, after)).toEqual(seen)
  })

  test('for over 40 s, while the API still reports Ready: unknown, with that reason', async () => {
    const { before, after } = await silent(41_000)
    expect(difference(before, after)).toEqual({ ...seen, ...onWorker })
    expect(reasons(after)).toEqual([
      `the kubelet of ${worker} has not renewed its Lease for …: the API shows its old state`,
    ])
  })

  test('once the controller reports not Ready, the node is violated, not unknown', async () => {
    const { before, after } = await silent(90_000)
    expect(difference(before, after)).toEqual({
      ...seen,
      ...onWorker,
      [`nodes-are-ready · node ${worker}`]: 'violated',
      'flannel-serves-every-node · joelclaw': 'violated',
      'workloads-have-their-replicas · aistor/aistor-s3-pool-0': 'violated',
      'workloads-have-their-replicas · kube-system/kube-flannel': 'violated',
      'workloads-have-their-replicas · kube-system/kube-proxy': 'violated',
    })
    expect(after.get(`nodes-are-ready · node ${worker}`)).toMatchObject({
      findings: [{ seen: 'Ready is Unknown and its kubelet is silent' }],
    })
  })
})
