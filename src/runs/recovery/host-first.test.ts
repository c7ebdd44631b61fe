// Healing a live cluster that does not identify itself: this host first, the cluster only once it
// is identified, and never another cluster.
import { carrierOf } from '#helpers/carrier.ts'
import { ask } from '#src/engine/evaluate/observe.ts'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { forDrills } from '#src/runs/target.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { fixes } from '#helpers/fixes.ts'
import {
  actsOnHost,
  healInStages,
  missingPermissions,
  type Stages,
  type Staged,
} from './host-first.ts'
import { requireIdentity } from './identity.ts'
import { manifestsOf } from '#src/runs/manifests.ts'
import { guarded } from '#helpers/forbidden/forbidden.ts'
import { heal } from '#src/engine/heal/heal.ts'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import { fails, type Namespace, type Node, type Policy, type Runtime } from '#src/model/index.ts'
import { createLab, findWorld, type Lab } from '#lab/lab.ts'
import { invariants } from '#specs/invariants/index.ts'

const joelclaw = await loadPolicy('joelclaw')
const world = (await findWorld('joelclaw'))!
const manifests = manifestsOf('joelclaw')
const container = 'joelclaw-controlplane-1'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-host-first-'))
const before = env['HOLDFAST_STATE']
beforeAll(() => void (env['HOLDFAST_STATE'] = folder))
afterAll(() => {
  rmSync(folder, { recursive: true })
  if (before === undefined) delete env['HOLDFAST_STATE']
  else env['HOLDFAST_STATE'] = before
})

interface Stand {
  lab: Lab
  runtime: Runtime
  policy: Policy
  said: string[]
  /** The writes and the questions for the identity that the API received, in order. */
  asked(): readonly string[]
  stages: Stages
}

const isReview = (path: string): boolean => path.endsWith('/selfsubjectaccessreviews')

/** A lab behind a live target, with a policy that knows the cluster's identity. */
function stand(change: Partial<Policy['identity']> = {}, from: Policy = joelclaw): Stand {
  const lab = createLab(world, { seed: 1, manifests })
  const kubeSystemUid =
    lab.context.store.get<Namespace>('Namespace', undefined, 'kube-system')?.metadata.uid ?? ''
  const policy: Policy = { ...from, identity: { ...from.identity, kubeSystemUid, ...change } }
  const runtime: Runtime = {
    ...guarded(lab.runtime, forDrills),
    target: { kind: 'live', description: 'the cluster of the kubeconfig' },
  }
  const said: string[] = []
  const began = lab.api.log.length
  return {
    lab,
    runtime,
    policy,
    said,
    asked: () => lab.api.log.slice(began).flatMap(requestText),
    stages: stagesOf(runtime, policy, message => void said.push(message)),
  }
}

/** `who` for a question about the identity, the path for a write, nothing for other reads. */
function requestText({ method, path }: { method: string; path: string }): readonly string[] {
  if (path === '/api/v1/namespaces/kube-system') return ['who']
  return method !== 'GET' && !isReview(path) ? [`${method} ${path}`] : []
}

const stagesOf = (runtime: Runtime, policy: Policy, tell: (message: string) => void): Stages => ({
  runtime,
  policy,
  world: 'host-first',
  tell,
  heal: may =>
    heal(
      {
        runtime,
        policy,
        invariants,
        evaluate: () => evaluate(invariants, runtime, policy),
        may,
        add: () => {},
      },
      { apply: true },
    ),
  async holding(work) {
    await requireIdentity(runtime, policy)
    return work()
  },
})

const socketOf = (lab: Lab): string => `unix://${lab.host.home}/.colima/default/docker.sock`
const inDocker = (lab: Lab, ...words: readonly string[]) =>
  lab.runtime.shell.run(['docker', '-H', socketOf(lab), ...words], { deadline: 600_000 })
const deeds = ({ healings }: Staged): readonly string[] =>
  healings.map(({ fix, outcome }) => `${fix}: ${outcome.kind}`)
const violated = ({ after }: Staged): readonly string[] =>
  after.judgements.filter(fails).map(({ invariant }) => invariant)

/** The port changes at each start: the kubeconfig leads nowhere. */
const drift = (lab: Lab) => inDocker(lab, 'restart', container)

test('fixes that act only on this host need no permission of the API', () => {
  expect(
    fixes
      .filter(actsOnHost)
      .map(({ name }) => name)
      .toSorted(),
  ).toMatchInlineSnapshot(`
    [
      "cycle-colima",
      "end-dead-port-forward",
      "load-kernel-modules",
      "reassert-container-settings",
      "regenerate-kubeconfig",
      "renew-docker-socket",
      "repoint-talosconfig",
      "restart-node-service",
      "start-docker-in-vm",
      "start-node-container",
    ]
  `)
})

describe('while the API does not identify the cluster', () => {
  test('this host is healed, and the cluster once it is identified', async () => {
    const { lab, stages, said, asked } = stand()
    await drift(lab)
    const healed = await healInStages(stages)
    expect({ deeds: deeds(healed), refused: healed.refused, violated: violated(healed) }).toEqual({
      deeds: ['regenerate-kubeconfig: applied', 'remove-control-plane-taint: applied'],
      refused: undefined,
      violated: [],
    })
    // Nothing was written before the cluster had identified itself.
    expect([asked()[0], [...new Set(asked())]]).toEqual([
      'who',
      ['who', `PATCH /api/v1/nodes/${container}`],
    ])
    expect(said).toEqual([
      'the cluster could not be asked who it is (https://127.0.0.1:32768 did not answer: ' +
        'ECONNRESET 127.0.0.1:32768: it accepted the connection and closed it: a forwarder ' +
        'without a server behind it does that): first what is wrong on this host, which is the ' +
        "policy's (its Docker has the node container joelclaw-controlplane-1); nothing is " +
        'written to the cluster',
      'the cluster says who it is again, and is the one that the policy means: going on with it',
    ])
  })

  test('another cluster is left alone, and the report shows the acts on this host', async () => {
    const { lab, stages, said, asked } = stand({
      kubeSystemUid: '00000000-0000-4000-8000-000000000000',
    })
    await drift(lab)
    const healed = await healInStages(stages)
    expect(deeds(healed)).toEqual([
      'regenerate-kubeconfig: applied',
      'remove-control-plane-taint: held',
    ])
    expect(asked().filter(each => each !== 'who')).toEqual([])
    expect(healed.refused).toMatch(
      /^The cluster was not touched: admin@joelclaw-1 \(.*\) is another cluster: /,
    )
    expect(healed.refused).toMatch(/ On this host was done: regenerate-kubeconfig\.$/)
    expect(said.at(-1)).toBe(healed.refused)
  })

  test('a zombie VM is cycled although its Docker cannot prove what it carries', async () => {
    const { lab, stages, asked } = stand()
    lab.host.faultControls.zombie()
    const healed = await healInStages(stages)
    expect({
      first: deeds(healed)[0],
      refused: healed.refused,
      violated: violated(healed),
    }).toEqual({ first: 'cycle-colima: applied', refused: undefined, violated: [] })
    expect(asked()[0]).toBe('who')
  })

  test('a cluster that stays silent is left alone, with the reason', async () => {
    const { lab, stages, said, asked } = stand()
    lab.host.faultControls.unbind(container, 6443)
    const healed = await healInStages(stages)
    expect([deeds(healed), asked(), healed.refused]).toEqual([[], [], said.at(-1)])
    expect(healed.refused).toMatch(
      /^The cluster was not touched: the cluster could not be asked who it is \(/,
    )
  })

  test('a host that nothing proves to be the policy’s is left alone', async () => {
    const { lab, runtime, stages, asked } = stand()
    await drift(lab)
    const policy: Policy = {
      ...stages.policy,
      nodes: stages.policy.nodes.map(node => ({
        ...node,
        container: { ...node.container!, name: 'elsewhere' },
      })),
      host: { ...stages.policy.host!, profile: 'elsewhere' },
    }
    await expect(healInStages({ ...stages, policy })).rejects.toThrow(
      new RegExp(
        '^Nothing was touched: the cluster could not be asked who it is .* ' +
          'Nor does anything show that this host carries “joelclaw”: its Docker has none of the ' +
          "policy's node containers, and there is no Colima profile elsewhere",
      ),
    )
    expect([asked(), (await lab.runtime.files.read('~/.kube/config'))?.length]).toEqual([
      [],
      (await runtime.files.read('~/.kube/config'))?.length,
    ])
  })

  test('a policy without an identity is refused at once', async () => {
    const { lab, stages } = stand()
    await drift(lab)
    const { kubeSystemUid: _, ...identity } = stages.policy.identity
    await expect(
      healInStages({ ...stages, policy: { ...stages.policy, identity } }),
    ).rejects.toThrow(/^Nothing was touched: the cluster could not be asked who it is/)
  })

  test('without Docker the Colima profile and the kubeconfig prove the host', async () => {
    const { lab, runtime, policy } = stand()
    expect(await carrierOf(runtime, policy, ask)).toBe(
      `its Docker has the node container ${container}`,
    )
    lab.host.faultControls.zombie()
    expect(await carrierOf(runtime, policy, ask)).toBe(
      'it has the Colima profile default, and ~/.kube/config knows admin@joelclaw-1',
    )
    expect(
      await carrierOf(
        runtime,
        {
          ...policy,
          identity: { ...policy.identity, contexts: ['another'] },
        },
        ask,
      ),
    ).toBeUndefined()
  })
})

test('a fix without its permissions is held, with the missing ones', async () => {
  const { lab, runtime, policy, stages, asked } = stand()
  lab.api.disturb(({ path }) =>
    isReview(path)
      ? {
          kind: 'whole',
          status: 201,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ status: { allowed: false } }),
        }
      : undefined,
  )
  lab.context.store.update<Node>(
    'Node',
    undefined,
    container,
    draft => void ((draft.spec ??= {}).unschedulable = true),
  )
  const healed = await healInStages(stages)
  const why =
    `the API does not let us patch nodes ${container}: apply the roles that holdfast ` +
    'rbac prints'
  expect(healed.healings.map(({ fix, outcome }) => [fix, outcome])).toEqual([
    ['uncordon', { kind: 'held', cause: { kind: 'not-permitted', reason: why } }],
  ])
  expect(asked().filter(each => each !== 'who')).toEqual([])
  expect(
    await missingPermissions(
      fixes.find(({ name }) => name === 'uncordon')!,
      runtime,
      policy,
    ),
  ).toBe(why)
})
