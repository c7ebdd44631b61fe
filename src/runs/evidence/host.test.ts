// What a live check believes of the host that it runs on.
import { describe, expect, test } from 'vitest'
import { portAnswer } from '#helpers/host/ports.ts'
import { forwards } from '#helpers/host/questions.ts'
import { createLab, findWorld } from '#lab/lab.ts'
import { nameOf, type Judgement, type Policy, type Runtime } from '#src/model/index.ts'
import { portsAnswer } from '#specs/invariants/exposure.spec.ts'
import { invariants } from '#specs/invariants/index.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { healTarget } from '#src/runs/heal.ts'
import { manifestsOf } from '#src/runs/manifests.ts'
import { progressOn } from '#src/runs/progress.ts'
import { settingsFrom } from '#src/runs/settings.ts'
import { evaluateTarget, observeTarget } from './host.ts'

const joelclaw = await loadPolicy('joelclaw')
const world = (await findWorld('joelclaw'))!
const redis = joelclaw.ports.find(({ name }) => name === 'redis')!
const questions = [portAnswer(redis), forwards]
const redisAnswers = nameOf({ invariant: portsAnswer.name, subject: 'redis (6379)' })

/** joelclaw's lab behind a live target. */
function liveLab() {
  const lab = createLab(world, { seed: 1, manifests: manifestsOf('joelclaw') })
  const target = { kind: 'live', description: 'the cluster of the kubeconfig' } as const
  return { lab, runtime: { ...lab.runtime, target } satisfies Runtime }
}

async function kinds(runtime: Runtime, policy: Policy) {
  const { answers } = await observeTarget(questions, runtime, policy)
  return questions.map(({ key }) => answers[key]?.kind)
}

/** The policy of a cluster of which this host has neither a node container nor a profile. */
const elsewhere: Policy = {
  ...joelclaw,
  nodes: joelclaw.nodes.map(node => ({
    ...node,
    container: { ...node.container!, name: 'elsewhere' },
  })),
  host: { ...joelclaw.host!, profile: 'elsewhere' },
}

/** The same, with a kubeconfig that does not know it. */
const unreachable: Policy = {
  ...elsewhere,
  identity: { ...elsewhere.identity, contexts: ['nowhere'] },
}

describe('ports and processes of this host', () => {
  test('are evidence on the host that has the node container', async () => {
    expect(await kinds(liveLab().runtime, joelclaw)).toEqual(['known', 'known'])
  })

  test('are evidence while Docker is dead, by the Colima profile and the kubeconfig', async () => {
    const { lab, runtime } = liveLab()
    lab.host.faultControls.killVm()
    expect(await kinds(runtime, joelclaw)).toEqual(['known', 'known'])
  })

  test('are evidence if the cluster answers on the loopback address', async () => {
    expect(await kinds(liveLab().runtime, elsewhere)).toEqual(['known', 'known'])
  })

  test('are unknown on a host that nothing proves to be the cluster’s', async () => {
    const { runtime } = liveLab()
    const { answers } = await observeTarget(questions, runtime, unreachable)
    expect(answers[portAnswer(redis).key]).toMatchObject({
      kind: 'unknown',
      why:
        "nothing proves that this host carries joelclaw: its Docker has none of the policy's " +
        'node containers, and there is no Colima profile elsewhere beside a kubeconfig that ' +
        'knows the cluster',
    })
    expect(answers[forwards.key]).toMatchObject({ kind: 'unknown' })
  })

  test('of the lab are always evidence', async () => {
    const { lab } = liveLab()
    expect(await kinds(lab.runtime, elsewhere)).toEqual(['known', 'known'])
  })
})

describe('on a host that nothing proves to be the cluster’s', () => {
  /** A live target whose ports are refused, as on a laptop. */
  function laptop(): Runtime {
    const { lab, runtime } = liveLab()
    lab.host.faultControls.killVm()
    return runtime
  }
  const violated = (judgements: readonly Judgement[]) =>
    judgements.filter(({ verdict }) => verdict.kind === 'violated').map(nameOf)

  test('the refused ports are violations only once the host is proven', async () => {
    const proven = await evaluateTarget(invariants, laptop(), joelclaw)
    expect(violated(proven.judgements)).toContain(redisAnswers)
    const unproven = await evaluateTarget(invariants, laptop(), unreachable)
    expect(violated(unproven.judgements)).not.toContain(redisAnswers)
  })

  test('heal plans nothing on their account', async () => {
    const progress = progressOn(() => {}, false)
    const plan = { apply: false }
    const { before } = await healTarget(laptop(), unreachable, settingsFrom({}), progress, plan)
    expect(before.judgements.map(nameOf)).toContain(redisAnswers)
    expect(violated(before.judgements)).not.toContain(redisAnswers)
  })
})
