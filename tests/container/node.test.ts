// A real node: all invariants hold after its start, and it recovers from the drills. Both the
// incidents and the recoveries are real.
import { reasonOf } from '#src/reporting/sentences.ts'
import { describe, expect, test } from 'vitest'
import { openKube, resources } from '#src/kubernetes/client.ts'
import { findingsOf } from '#src/engine/evaluate/judge.ts'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import { fails } from '#src/model/index.ts'
import { invariants } from '#specs/invariants/index.ts'
import { endOf, healed } from './healed.ts'
import { stageOn } from './stage.ts'

const stage = await stageOn('calm')
const { runtime, policy, bad, run, applyRoles, reachAs } = stage
const call = { runtime, deadline: 10_000, signal: new AbortController().signal }

describe('a node that was started', () => {
  test('nothing is violated or unknown', async () => {
    expect(await bad()).toEqual([])
  })

  test('an account with read access sees everything, and may change nothing', async () => {
    applyRoles([])
    const { judgements } = await evaluate(invariants, reachAs('check'), policy)
    expect(judgements.filter(fails)).toEqual([])
    const kube = await openKube({ ...call, runtime: reachAs('check') }, policy.identity)
    await expect(
      kube.patch(resources.nodes, policy.nodes[0]?.name ?? '', undefined, 'merge', {
        spec: { unschedulable: true },
      }),
    ).rejects.toMatchObject({ status: 403 })
  })

  test('what the node lacks is not applicable, with a reason', async () => {
    const { judgements } = await evaluate(invariants, runtime, policy)
    const absent = judgements.flatMap(({ invariant, verdict }) =>
      verdict.kind === 'not-applicable' ? [[invariant, reasonOf({ verdict })] as const] : [],
    )
    expect(Object.fromEntries(absent)).toMatchObject({
      'no-persistent-port-forward': expect.stringContaining('processes of this host') as string,
      'talosconfig-points-to-talos': 'this cluster does not run Talos',
      'critical-data-survive': expect.stringContaining('its loss is accepted') as string,
    })
    expect(judgements.filter(({ verdict }) => verdict.kind === 'holds').length).toBeGreaterThan(35)
  })

  test('the policy describes this node: its container, ports, cluster and flannel', async () => {
    const kube = await openKube(call, policy.identity)
    const system = await kube.get(resources.namespaces, 'kube-system')
    const flannel = (await kube.list(resources.daemonsets)).find(({ metadata }) =>
      metadata.name.includes('flannel'),
    )
    expect(policy.identity.kubeSystemUid).toBe(system?.metadata.uid)
    expect(policy.network.flannel.as).toBe(flannel === undefined ? 'built-in' : 'daemonset')
    expect(policy.nodes[0]?.container?.name).toMatch(/^holdfast-sandbox-[0-9a-f]{8}$/)
    expect(policy.ports.every(({ host, container }) => host !== container)).toBe(true)
  })

  test('its data are on a claim of local-path', async () => {
    const kube = await openKube(call, policy.identity)
    const claims = await kube.list(resources.persistentvolumeclaims)
    expect(
      claims.map(({ metadata: { name }, spec: { storageClassName }, status }) => [
        name,
        storageClassName,
        status?.phase,
      ]),
    ).toEqual([['data-redis-0', 'local-path', 'Bound']])
  })
})

/** In the order of harm. Drills that take the node away have their own node. */
const names = [
  'node-comes-back-tainted',
  'node-comes-back-cordoned',
  'pds-nodeport-reset',
  'image-missing',
  'flannel-pod-killed',
  'redis-dies-while-writing',
  'typesense-hangs-unnoticed',
  'typesense-hangs',
  'node-container-paused',
] as const

describe('a drill on a real node, under the role that is printed for it alone', () => {
  test.for(names)('%s', async (name, { skip }) => {
    expect(await endOf(stage, name, skip)).toEqual(healed)
  })

  test('is red without its healer, and still undone', async () => {
    const result = await run(
      'node-comes-back-tainted',
      { giveUp: '15 s' },
      { disabled: new Set(['remove-control-plane-taint']) },
    )
    expect(result.outcome.kind).toBe('not-healed')
    expect(result.leftBehind).toEqual([])
    expect(await bad()).toEqual([])
  })

  test('counts the acknowledged writes that were lost', async () => {
    const { ledger } = policy.drillTargets.writing!
    const port = policy.ports.find(({ name }) => name === 'redis')!.host
    await runtime.files.write(
      ledger,
      JSON.stringify({ run: 'never-written', port, acknowledged: [1, 2, 3] }),
    )
    try {
      expect(
        (await bad()).map(({ invariant, verdict }) => [
          invariant,
          findingsOf(verdict).map(({ code, seen }) => `${code}: ${seen}`),
        ]),
      ).toEqual([
        [
          'acknowledged-writes-are-kept',
          ['acknowledged-write-lost: 3 of 3 acknowledged writes are gone'],
        ],
      ])
    } finally {
      await runtime.files.remove(ledger)
    }
  })

  test('of something that this node lacks is not applicable', async () => {
    expect((await run('restart-colima')).outcome).toEqual({
      kind: 'not-applicable',
      cause: {
        kind: 'lacking',
        capability: 'colima',
        reason: 'the node runs in the Docker of this host, without Colima',
      },
    })
  })
})
