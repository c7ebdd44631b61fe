// The dead-man's switch in the cluster: if holdfast does not return, a Job repairs the node under
// an account that may only undo.
import { describe, expect, test } from 'vitest'
import { switchAccount } from '#src/kubernetes/cluster-switch.ts'
import { faults } from '#helpers/faults.ts'
import { readOnly } from '#helpers/forbidden/read-only.ts'
import { cordon } from '#helpers/kubernetes/faults/nodes.ts'
import { taint } from '#helpers/kubernetes/faults/nodes.ts'
import { planDrill } from '#src/engine/guards/plan.ts'
import { ownNamespace } from '#src/engine/cluster-state/names.ts'
import type { BoundFault, Drill, FaultContext, KubeObject, Node, Pod } from '#src/model/index.ts'
import type { Lab } from '#lab/lab.ts'
import { drillOf, newLab, nodeName, policy, runtimeOf, world } from '#tests/drills/stage.ts'
import { actingAs, applyRoles } from './stage.ts'

const after = 120_000
const withSwitches = {
  ...policy,
  switches: { wait: 'busybox:1.37', kubectl: 'registry.k8s.io/kubectl:v1.35.0' },
}
const cordoning: Drill = {
  ...drillOf('node-comes-back-cordoned'),
  faults: () => [cordon({ node: nodeName })],
}
const tainting: Drill = {
  ...cordoning,
  faults: () => [taint({ node: nodeName, key: 'example.com/drill', effect: 'NoSchedule' })],
}

/** A world with an image that contains kubectl, runs its command and ends. */
const labWithKubectl = (): Lab =>
  newLab(1, {
    apps: {
      ...world.apps,
      'registry.k8s.io/kubectl': {
        comm: 'kubectl',
        warmUp: [0, 1],
        ports: {},
        exits: { afterMs: 200, code: 0 },
      },
    },
  })

/**
 * Sends the requests of kubectl under the account of its pod, because the lab runs no programs in
 * pods. The test calls it when a pod of the Job has ended.
 */
function kubectl(lab: Lab, pod: Pod): number {
  const [, command, ...words] = pod.spec.containers[0]?.command ?? []
  const account: unknown = Reflect.get(pod.spec, 'serviceAccountName')
  const specs = new Map<unknown, unknown>([
    ['uncordon', { unschedulable: null }],
    ['taint', { taints: null }],
  ])
  const spec = specs.get(command)
  if (spec === undefined) throw new Error(`this kubectl cannot ${String(command)}`)
  const answer = lab.api.handle({
    method: 'PATCH',
    path: `/api/v1/nodes/${command === 'uncordon' ? words[0] : words[1]}`,
    query: new URLSearchParams(),
    headers: {
      'content-type': 'application/merge-patch+json',
      'impersonate-user': `system:serviceaccount:${ownNamespace}:${String(account)}`,
    },
    body: JSON.stringify({ spec }),
  })
  return answer.kind === 'whole' ? answer.status : 0
}

const handsOn = (lab: Lab): FaultContext => ({
  runtime: actingAs(runtimeOf(lab), 'drill'),
  policy: withSwitches,
  signal: new AbortController().signal,
  switchAfter: after,
})
const jobs = (lab: Lab): readonly string[] =>
  lab.context.store.list<KubeObject>('Job', ownNamespace).map(({ metadata }) => metadata.name)
const podsOfSwitch = (lab: Lab): readonly Pod[] => lab.context.store.list<Pod>('Pod', ownNamespace)
const nodeIn = (lab: Lab) => lab.context.store.get<Node>('Node', undefined, nodeName)

/** A drill under the least role that kills its process right after the injection. */
async function injectAndDie(
  lab: Lab,
  drill: Drill,
): Promise<{ bound: BoundFault; record: Awaited<ReturnType<BoundFault['prepare']>> }> {
  applyRoles(lab, withSwitches, [drill])
  const [bound] = drill.faults(withSwitches)
  if (bound === undefined) throw new Error('this drill injects nothing')
  const record = await bound.prepare(handsOn(lab))
  await faults.get(bound.name)!.inject(record, handsOn(lab))
  return { bound, record }
}

describe('killed right after the injection', () => {
  test.for([
    ['a cordon', cordoning],
    ['a taint', tainting],
  ] as const)(
    '%s: its Job waits on the very node, runs there, and may do what it has to',
    async ([, drill]) => {
      const lab = labWithKubectl()
      await injectAndDie(lab, drill)
      await lab.runtime.clock.sleep(after - 30_000)
      expect(
        podsOfSwitch(lab).map(pod => [
          pod.status?.phase,
          pod.spec.nodeName,
          Reflect.get(pod.spec, 'serviceAccountName'),
        ]),
      ).toEqual([['Pending', nodeName, switchAccount]])
      await lab.runtime.clock.sleep(60_000)
      const [pod] = podsOfSwitch(lab)
      expect(pod?.status?.phase).toBe('Succeeded')
      expect(kubectl(lab, pod!)).toBe(200)
      // The taint of a cordon disappears a moment after the uncordon.
      await lab.runtime.clock.sleep(1_000)
      expect([nodeIn(lab)?.spec?.unschedulable ?? false, nodeIn(lab)?.spec?.taints ?? []]).toEqual([
        false,
        [],
      ])
    },
  )

  test('its account may undo, and nothing else', async () => {
    const lab = labWithKubectl()
    await injectAndDie(lab, cordoning)
    const as = (method: string, path: string): unknown => {
      const answer = lab.api.handle({
        method,
        path,
        query: new URLSearchParams(),
        headers: {
          'content-type': 'application/merge-patch+json',
          'impersonate-user': `system:serviceaccount:${ownNamespace}:${switchAccount}`,
        },
        body: '{}',
      })
      return answer.kind === 'whole' ? answer.status : answer.kind
    }
    expect([
      as('PATCH', `/api/v1/nodes/${nodeName}`),
      as('DELETE', '/api/v1/namespaces/joelclaw/pods/redis-0'),
      as('GET', '/api/v1/pods'),
      as('GET', '/api/v1/secrets'),
      as('DELETE', `/api/v1/nodes/${nodeName}`),
    ]).toEqual([200, 403, 403, 403, 403])
  })
})

test('an undo removes it, and may run twice', async () => {
  const lab = labWithKubectl()
  const { bound, record } = await injectAndDie(lab, cordoning)
  expect(jobs(lab)).toEqual([expect.stringMatching(/^holdfast-node-cordon-[0-9a-f]{8}$/)])
  for (let time = 0; time < 2; time += 1) await faults.get(bound.name)!.undo(record, handsOn(lab))
  await lab.runtime.clock.sleep(5_000)
  expect([jobs(lab), nodeIn(lab)?.spec?.unschedulable ?? false]).toEqual([[], false])
})

test('without its account nothing is injected, because the switch could not act', async () => {
  const lab = labWithKubectl()
  const context = { ...handsOn(lab), runtime: runtimeOf(lab) }
  const [bound] = cordoning.faults(withSwitches)
  const record = await bound!.prepare(context)
  await expect(faults.get(bound!.name)!.inject(record, context)).rejects.toThrow(
    'there is no ServiceAccount holdfast/holdfast-switch',
  )
  expect(nodeIn(lab)?.spec?.unschedulable ?? false).toBe(false)
})

test('the plan names it', async () => {
  const lab = labWithKubectl()
  applyRoles(lab, withSwitches, [cordoning])
  const {
    faults: [planned],
    refusals,
  } = await planDrill(cordoning, actingAs(runtimeOf(lab), 'drill'), withSwitches, {
    faults,
    readOnly,
  })
  expect([planned?.deadMan, refusals]).toEqual([
    {
      description: expect.stringMatching(
        new RegExp(
          String.raw`^a Job in the cluster \(holdfast/holdfast-node-cordon-[0-9a-f]{8}\): ` +
            'kubectl uncordon joelclaw-controlplane-1$',
        ),
      ),
      after: 870_000,
    },
    [],
  ])
})
