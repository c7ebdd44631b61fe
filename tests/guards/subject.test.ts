// A drill chooses its node by data; --on overrides it, and the plan says which node and why.
import { describe, expect, test } from 'vitest'
import { faults } from '#helpers/faults.ts'
import { readOnly } from '#helpers/forbidden/read-only.ts'
import { drill, type Drill, type NodeChoice, type Policy } from '#helpers/index.ts'
import { cordon } from '#helpers/kubernetes/faults/nodes.ts'
import { onSubject, possibleFaults, subjectProblem } from '#src/engine/drill/subject.ts'
import { planDrill } from '#src/engine/guards/plan.ts'
import { planText } from '#src/reporting/guards/plan.ts'
import type { Lab } from '#lab/lab.ts'
import { drillOf, newLab, nodeName, policy, reachOf } from '#tests/drills/stage.ts'

const [own] = policy.nodes

/** The lab's node, and two control planes of which the lab has nothing. */
const ofThree: Policy = {
  ...policy,
  nodes: ['first', nodeName, 'third'].map(name => ({ ...own!, name })),
}

const drillBy = (choice: NodeChoice): Drill => {
  const { faultsOn: _, ...definition } = drillOf('node-comes-back-cordoned')
  return drill({
    ...definition,
    on: () => choice,
    faults: (_policy, node) => (node === undefined ? [] : [cordon({ node: node.name })]),
  })
}

const chosenIn = async (lab: Lab, choice: NodeChoice, wanted?: string) =>
  (await onSubject(drillBy(choice), reachOf(lab), ofThree, wanted)).chosen

/** Writes who leads, as the controller manager does. */
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
    expect(await chosenIn(newLab(), { by: 'name', name: 'third' })).toEqual({
      node: 'third',
      reason: { kind: 'name' },
    })
    expect(await chosenIn(newLab(), { by: 'role', role: 'control-plane' })).toEqual({
      node: 'first',
      reason: { kind: 'role', role: 'control-plane' },
    })
  })

  test('by what runs on it', async () => {
    const of = { workload: 'StatefulSet', namespace: 'joelclaw', name: 'redis' } as const
    expect(await chosenIn(newLab(), { by: 'runs', of })).toEqual({
      node: nodeName,
      reason: { kind: 'runs', of },
    })
  })

  test('as any but the leader', async () => {
    const lab = newLab()
    lead(lab, 'first_1f6e09ab')
    expect(await chosenIn(lab, notLeader)).toEqual({
      node: nodeName,
      reason: { kind: 'not-leader', leader: 'first' },
    })
  })

  test('as the first where the cluster does not say who leads', async () => {
    expect(await chosenIn(newLab(), notLeader)).toEqual({
      node: 'first',
      reason: { kind: 'first' },
    })
  })

  test('by --on, whatever the drill would choose', async () => {
    expect(await chosenIn(newLab(), { by: 'role', role: 'control-plane' }, 'third')).toEqual({
      node: 'third',
      reason: { kind: 'asked' },
    })
  })
})

test('a chosen drill hits that node and no other, and its account may need any of them', async () => {
  const unbound = drillBy({ by: 'role', role: 'control-plane' })
  const bound = await onSubject(unbound, reachOf(newLab()), ofThree, 'third')
  expect(bound.faults(ofThree).map(({ description }) => description)).toEqual(['cordon third'])
  expect(possibleFaults(unbound, ofThree)).toHaveLength(3)
})

test('a node that the drill cannot hit is refused with those that it can', () => {
  expect(subjectProblem(drillOf('node-comes-back-cordoned'), policy, 'nowhere')).toBe(
    `node-comes-back-cordoned cannot hit “nowhere”. It can hit: ${nodeName}.`,
  )
  expect(subjectProblem(drillOf('colima-zombie'), policy, nodeName)).toBe(
    'colima-zombie does not choose a node: run it without --on.',
  )
})

test('the plan says which node, and why', async () => {
  const lab = newLab()
  const bound = await onSubject(drillOf('node-container-killed'), reachOf(lab), policy)
  const plan = await planDrill(bound, reachOf(lab), policy, { faults, readOnly })
  expect(plan.on).toEqual({ node: nodeName, reason: { kind: 'role', role: 'control-plane' } })
  expect(planText(plan)).toContain(`  hits node ${nodeName}, the first control-plane\n`)
})
