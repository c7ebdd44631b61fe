// What a live check believes of the host that it runs on.
import { describe, expect, test } from 'vitest'
import { portAnswer } from '#helpers/host/ports.ts'
import { forwards } from '#helpers/host/questions.ts'
import { createLab, findWorld } from '#lab/lab.ts'
import type { Policy, Runtime } from '#src/model/index.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { observeTarget } from './host.ts'
import { manifestsOf } from '#src/runs/manifests.ts'

const joelclaw = await loadPolicy('joelclaw')
const world = (await findWorld('joelclaw'))!
const redis = joelclaw.ports.find(({ name }) => name === 'redis')!
const questions = [portAnswer(redis), forwards]

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
    const stranger = { ...elsewhere.identity, contexts: ['nowhere'] }
    const policy: Policy = { ...elsewhere, identity: stranger }
    const { answers } = await observeTarget(questions, runtime, policy)
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
