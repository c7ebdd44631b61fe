// A drill chooses its nodes and workloads by data; --on overrides a choice, and the plan names each
// subject with the reason.
import { describe, expect, test } from 'vitest'
import { faults } from '#helpers/faults.ts'
import { readOnly } from '#helpers/forbidden/read-only.ts'
import { drill, type Drill, type NodeChoice, type Policy } from '#helpers/index.ts'
import { cordon } from '#helpers/kubernetes/faults/nodes.ts'
import { onSubject, possibleFaults, subjectProblem } from '#src/engine/drill/subject.ts'
import { planDrill } from '#src/engine/guards/plan.ts'
import { planText } from '#src/reporting/guards/plan.ts'
import type { Lab } from '#lab/lab.ts'
import { drillOf, newLab, nodeName, policy, runtimeOf } from '#tests/drills/stage.ts'

const [own] = policy.nodes

/** The lab's node, and two control planes that exist only as objects. */
const ofThree: Policy = {
  ...policy,
  nodes: ['first', nodeName, 'third'].map(name => ({ ...own!, name })),
}

const drillBy = (choice: NodeChoice): Drill => {
  const { faultsOn: _, targets: _targets, ...definition } = drillOf('node-comes-back-cordoned')
  return drill({
    ...definition,
    on: () => choice,
    faults: (_policy, node) => (node === undefined ? [] : [cordon({ node: node.name })]),
  })
}

const chosenIn = async (lab: Lab, choice: NodeChoice, wanted?: string) =>
  (await onSubject(drillBy(choice), runtimeOf(lab), ofThree, wanted)).drill.chosen

/** Writes the current leader, as the controller manager does. */
function lead(lab: Lab, holderIdentity: string): void {
  const answer = lab.api.handle({
    method: 'POST',
    path: '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases',
    query: new URLSearchParams(),
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'kube-controller-manager', namespace: 'kube-system' },
      spec: { holderIdentity },
    }),
  })
  if (answer.kind !== 'whole' || answer.status !== 201) throw new Error(JSON.stringify(answer))
}

const notLeader: NodeChoice = {
  by: 'not-leader',
  lease: { namespace: 'kube-system', name: 'kube-controller-manager' },
}

describe('a node is chosen', () => {
  test('by its name, and by its role', async () => {
    expect(await chosenIn(newLab(), { by: 'name', name: 'third' })).toEqual([
      { subject: 'node third', reason: { kind: 'name' } },
    ])
    expect(await chosenIn(newLab(), { by: 'role', role: 'control-plane' })).toEqual([
      { subject: 'node first', reason: { kind: 'role', role: 'control-plane' } },
    ])
  })

  test('by what runs on it', async () => {
    const of = { workload: 'StatefulSet', namespace: 'joelclaw', name: 'redis' } as const
    expect(await chosenIn(newLab(), { by: 'runs', of })).toEqual([
      { subject: `node ${nodeName}`, reason: { kind: 'runs', of } },
    ])
  })

  test('as any but the leader', async () => {
    const lab = newLab()
    lead(lab, 'first_1f6e09ab')
    expect(await chosenIn(lab, notLeader)).toEqual([
      { subject: `node ${nodeName}`, reason: { kind: 'not-leader', leader: 'first' } },
    ])
  })

  test('as the first candidate if no leader is known', async () => {
    expect(await chosenIn(newLab(), notLeader)).toEqual([
      { subject: 'node first', reason: { kind: 'first' } },
    ])
  })

  test('by --on, whatever the drill would choose', async () => {
    expect(await chosenIn(newLab(), { by: 'role', role: 'control-plane' }, 'third')).toEqual([
      { subject: 'node third', reason: { kind: 'asked' } },
    ])
  })
})

test('a bound drill hits its node alone, and its account may need any candidate', async () => {
  const unbound = drillBy({ by: 'role', role: 'control-plane' })
  const { drill: bound } = await onSubject(unbound, runtimeOf(newLab()), ofThree, 'third')
  expect(bound.faults(ofThree).map(({ description }) => description)).toEqual(['cordon third'])
  expect(possibleFaults(unbound, ofThree)).toHaveLength(3)
})

/** The policy with a second Deployment for the drill of a missing image. */
const { deployed, displaced } = policy.drillTargets
const withAlternatives: Policy = {
  ...policy,
  drillTargets: {
    ...policy.drillTargets,
    alternatives: {
      deployed: [{ ...deployed!, name: 'livekit-server', container: 'livekit-server' }],
      displaced: [{ ...displaced!, name: 'livekit-server' }],
    },
  },
}
const onDeployed = (wanted?: string) =>
  onSubject(drillOf('image-missing'), runtimeOf(newLab()), withAlternatives, wanted)

describe('a workload is chosen', () => {
  test('by the policy', async () => {
    const { drill: bound, policy: own } = await onDeployed()
    expect(bound.chosen).toEqual([
      {
        subject: 'Deployment joelclaw/system-bus-worker',
        reason: { kind: 'policy', member: 'drillTargets.deployed' },
      },
    ])
    expect(own).toEqual(withAlternatives)
  })

  test.for(['joelclaw/livekit-server', 'Deployment joelclaw/livekit-server'])(
    'by --on %s, among the alternatives of the policy',
    async wanted => {
      const { drill: bound, policy: own } = await onDeployed(wanted)
      expect(bound.chosen).toEqual([
        { subject: 'Deployment joelclaw/livekit-server', reason: { kind: 'asked' } },
      ])
      expect(bound.faults(own).flatMap(({ impacts }) => impacts)).toEqual([
        {
          kind: 'workload',
          workload: 'Deployment',
          namespace: 'joelclaw',
          name: 'livekit-server',
          how: 'changed',
        },
      ])
    },
  )

  test('beside a node, and --on overrides the one that it names', async () => {
    const chosenBy = async (wanted: string) => {
      const cordoning = drillOf('node-comes-back-cordoned')
      return (await onSubject(cordoning, runtimeOf(newLab()), withAlternatives, wanted)).drill
        .chosen
    }
    expect(await chosenBy('joelclaw/livekit-server')).toEqual([
      { subject: 'Deployment joelclaw/livekit-server', reason: { kind: 'asked' } },
      { subject: `node ${nodeName}`, reason: { kind: 'role', role: 'control-plane' } },
    ])
    expect(await chosenBy(nodeName)).toEqual([
      {
        subject: 'Deployment joelclaw/bluesky-pds',
        reason: { kind: 'policy', member: 'drillTargets.displaced' },
      },
      { subject: `node ${nodeName}`, reason: { kind: 'asked' } },
    ])
  })

  test('and the account of the drill may need each of them', () => {
    const descriptions = possibleFaults(drillOf('image-missing'), withAlternatives).map(
      ({ description }) => description,
    )
    expect(descriptions).toEqual([
      expect.stringContaining('Deployment joelclaw/system-bus-worker'),
      expect.stringContaining('Deployment joelclaw/livekit-server'),
    ])
  })

  test.for([
    ['flannel-pod-killed', 'DaemonSet kube-system/kube-flannel', 'network.flannel'],
    ['typesense-hangs', 'StatefulSet joelclaw/typesense', 'drillTargets.hanging'],
    ['pds-nodeport-reset', 'port pds', 'drillTargets.upgraded'],
    ['port-forward-dies-silently', 'Service joelclaw/inngest-svc', 'drillTargets.forwarded'],
  ] as const)('in %s: %s', async ([name, subject, member]) => {
    const { drill: bound } = await onSubject(drillOf(name), runtimeOf(newLab()), policy)
    expect(bound.chosen).toEqual([{ subject, reason: { kind: 'policy', member } }])
  })
})

test('a subject that the drill cannot hit is refused with those that it can', () => {
  expect(subjectProblem(drillOf('node-container-killed'), policy, 'nowhere')).toBe(
    `node-container-killed cannot hit “nowhere”. It can hit: node ${nodeName}.`,
  )
  expect(subjectProblem(drillOf('image-missing'), withAlternatives, 'joelclaw/redis')).toBe(
    'image-missing cannot hit “joelclaw/redis”. It can hit: ' +
      'Deployment joelclaw/system-bus-worker, Deployment joelclaw/livekit-server.',
  )
  expect(subjectProblem(drillOf('colima-zombie'), policy, nodeName)).toBe(
    'colima-zombie does not choose a subject: run it without --on.',
  )
})

const planOf = async (name: string, own: Policy, wanted?: string) => {
  const lab = newLab()
  const bound = await onSubject(drillOf(name), runtimeOf(lab), own, wanted)
  return planDrill(bound.drill, runtimeOf(lab), bound.policy, { faults, readOnly })
}

describe('the plan names the subject and the reason', () => {
  test('of a node', async () => {
    const plan = await planOf('node-container-killed', policy)
    expect(plan.on).toEqual([
      { subject: `node ${nodeName}`, reason: { kind: 'role', role: 'control-plane' } },
    ])
    expect(planText(plan)).toContain(`  hits node ${nodeName}, the first control-plane\n`)
  })

  test('of a workload that the policy names', async () => {
    expect(planText(await planOf('image-missing', policy))).toContain(
      '  hits Deployment joelclaw/system-bus-worker, named by drillTargets.deployed\n',
    )
  })

  test('of a workload that a person names', async () => {
    const plan = await planOf('image-missing', withAlternatives, 'joelclaw/livekit-server')
    expect(planText(plan)).toContain('  hits Deployment joelclaw/livekit-server, chosen by --on\n')
    expect(plan.faults[0]?.impacts[0]).toContain('Deployment joelclaw/livekit-server')
  })
})
