// joelclaw's headline incident on a real Talos node, and every drill that a node without a Mac
// allows: broken for real, healed by holdfast through the real talosctl.
import { mkdtempSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { env, stdout } from 'node:process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Run } from '#src/model/index.ts'
import { holdfast, temporary, type Ended } from '#tests/project/process.ts'
import { textOf } from '#tests/project/source.ts'
import { given, startTalos, until, writeHome, type TalosNode } from './node.ts'
import { policyOf } from './policy.ts'

const folder = temporary()
let node: TalosNode
let policy: string

const namespace = `apiVersion: v1
kind: Namespace
metadata:
  name: joelclaw
  labels: {pod-security.kubernetes.io/enforce: privileged}
---
`

beforeAll(async () => {
  node = await startTalos(folder)
  const site = textOf('clusters/sandbox/manifests/site.yaml').replaceAll(': sandbox', ': joelclaw')
  writeHome(node, 'site.yaml', namespace + site)
  await node.shell`kubectl apply -f ${node.home}/site.yaml`
  const taint = 'node-role.kubernetes.io/control-plane:NoSchedule-'
  const rollout = ['-n', 'joelclaw', 'rollout', 'status', 'deployment/site', '--timeout=10s']
  // Talos sets its taint again when it looks at its node: once removed may not be enough.
  await until('the service starts', async () => {
    await node.shell`kubectl taint nodes --all ${taint}`
    return node.shell`kubectl ${rollout}`
  })
  const uid = await node.shell`kubectl get ns kube-system -o jsonpath={.metadata.uid}`
  const { container, servicePort } = node
  policy = writeHome(
    node,
    'policy.json',
    JSON.stringify(policyOf({ container, servicePort, uid: uid.stdout })),
  )
})
afterAll(() => node?.stop())

/** holdfast as the node's user runs it, with the run that it reports. */
async function run(verb: string, ...args: readonly string[]): Promise<Ended & { run: Run }> {
  const common = ['--target', 'live', '--cluster', policy, '--reports', join(folder, 'reports')]
  const report = join(mkdtempSync(join(folder, 'run-')), 'report.json')
  const ended = await holdfast([verb, ...args, ...common, '--format', `json=${report}`], {
    env: {
      HOME: node.home,
      PATH: `${given().programs}:${env['PATH'] ?? ''}`,
      // No cooldown of another test.
      HOLDFAST_STATE: mkdtempSync(join(folder, 'state-')),
    },
  })
  return { ...ended, run: JSON.parse(readFileSync(report, 'utf8')) as Run }
}

const kubeconfig = (): {
  clusters: { name: string; cluster: { server: string } }[]
  'current-context': string
} => parse(readFileSync(join(node.home, '.kube', 'config'), 'utf8'))

test('check holds once heal has removed the taint that Talos sets at each start', async () => {
  await run('heal', '--apply')
  const { code, stdout: printed } = await run('check')
  expect({ code, shown: code === 0 ? '' : printed }).toEqual({ code: 0, shown: '' })
})

/** Drills that a node without a Mac allows, and what each proves beyond its outcome. */
const drills = ['node-comes-back-tainted', 'flannel-pod-killed', 'node-container-paused'] as const
const longer = ['node-comes-back-cordoned', 'node-container-killed'] as const
const all = env['HOLDFAST_TALOS_DRILLS'] === 'all'
if (!all)
  stdout.write(
    `Left out: ${longer.join(', ')} (HOLDFAST_TALOS_DRILLS=all): ` +
      'they failed on a real node, see docs/fidelity.md\n',
  )

/** Runs a drill and prints its milestones, s after the injection. */
async function drillOf(name: string) {
  const { code, stdout: printed, run: drilled } = await run('drill', name, '--yes')
  const [result] = drilled.drills
  const injected = result?.milestones.find(({ milestone }) => milestone === 'injected')?.by ?? 0
  const seconds = (at: number): string => ((at - injected) / 1000).toFixed(1)
  const times = result?.milestones.map(({ milestone, by }) => `${milestone} ${seconds(by)}`)
  stdout.write(`${name}: ${JSON.stringify(result?.outcome)} ${times?.join(', ')}\n`)
  return { code, shown: code === 0 ? '' : printed, result }
}

const proven = {
  code: 0,
  shown: '',
  result: expect.objectContaining({
    outcome: expect.objectContaining({ kind: expect.stringMatching(/^healed-by-/) }),
    leftBehind: [],
  }),
}

describe('a drill heals on a real Talos node:', () => {
  test.each([...drills, ...(all ? longer : [])])('%s', async name => {
    expect(await drillOf(name)).toEqual(proven)
  })

  test('api-port-drifts, through the real talosctl', async () => {
    const other = { name: 'elsewhere', cluster: { server: 'https://192.0.2.1:6443' } }
    await node.shell`kubectl config set-cluster ${other.name} --server=${other.cluster.server}`
    const before = await node.portOf(6443)
    const drilled = await drillOf('api-port-drifts')
    expect(drilled).toEqual(proven)
    const after = await node.portOf(6443)
    expect(after).not.toBe(before)

    const { clusters, 'current-context': current } = kubeconfig()
    expect(current).toBe('admin@joelclaw')
    expect(clusters).toContainEqual(other)
    expect(clusters.find(({ name }) => name === 'joelclaw')?.cluster.server).toBe(
      `https://127.0.0.1:${after}`,
    )
    const ends = (drilled.result?.timeline ?? []).flatMap(({ event }) =>
      event.kind === 'fix-ended' && event.fix === 'regenerate-kubeconfig' ? event.result : [],
    )
    expect(ends).toEqual(['helped'])
  })
})
