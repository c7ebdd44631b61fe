// The drills that are compared, and the two places where they run: the lab, and a real node in a
// container.
import { missTexts, outcomeReason } from '#src/reporting/sentences.ts'
import { spawn, type ChildProcess } from 'node:child_process'
import { env } from 'node:process'
import { z } from 'zod'
import { loadPolicy } from '#src/runs/clusters.ts'
import { adapted } from '#src/targets/container/adapt.ts'
import { manifestsOf } from '#src/runs/manifests.ts'
import { settingsFrom } from '#src/runs/settings.ts'
import { openTarget } from '#src/runs/target.ts'
import { guarded } from '#helpers/forbidden/forbidden.ts'
import { faults } from '#helpers/faults.ts'
import { deletePods } from '#helpers/kubernetes/faults/pods.ts'
import { signals } from '#helpers/kubernetes/signals.ts'
import { runDrill } from '#src/engine/drill/drill.ts'
import { memoryJournal } from '#src/engine/journal/journal.ts'
import type { Drill, DrillResult, Policy, Runtime } from '#src/model/index.ts'
import { createLab, findWorld } from '#lab/lab.ts'
import { drills } from '#specs/chaos/index.ts'
import { steps, type Seen, type Steps } from './steps.ts'

/**
 * How long a recovery must last, s: shorter than in earnest, as it is the recovery that is
 * compared.
 */
const stability = '12 s'

const named = (name: string): Drill => {
  const found = drills.find(drill => drill.name === name)
  if (found === undefined) throw new Error(`there is no drill ${name}`)
  return { ...found, stability }
}

/** A pod deleted by force: the plainest of all, and the one that other tools measure. */
const podDeletedByForce: Drill = {
  ...named('flannel-pod-killed'),
  name: 'pod-deleted-by-force',
  title: 'a Deployment replaces a pod that was deleted by force',
  breaks: [],
  faults: () => [
    deletePods({ kind: 'Deployment', namespace: 'sandbox', name: 'site', force: true }),
  ],
}

/** In the order of their harm. */
export const compared: readonly Drill[] = [
  podDeletedByForce,
  named('flannel-pod-killed'),
  named('redis-dies-while-writing'),
  named('typesense-hangs'),
  named('node-comes-back-cordoned'),
  named('node-comes-back-tainted'),
  named('image-missing'),
  named('node-container-paused'),
  named('api-port-drifts'),
  named('flannel-loses-its-subnet'),
  named('node-container-killed'),
]

/** Namespaces whose pods are followed. */
const followed = ['sandbox', 'kube-system', 'local-path-storage']

export interface Run {
  drill: string
  outcome: string
  misses: readonly string[]
  /** ms from the injection: after the last bad look, by the first good one. */
  milestones: readonly { milestone: string; after: number; by: number }[]
  steps: readonly { at: number; of: string; description: string }[]
}

/** A place where drills run, one after the other. */
export interface Place {
  /** `run` counts from 1; in the lab it is the seed. */
  run(drill: Drill, run: number): Promise<Run>
  close(): Promise<void>
}

function runOf(drill: Drill, result: DrillResult, recorded: Steps, began: number): Run {
  const injected = result.milestones.find(({ milestone }) => milestone === 'injected')?.by ?? began
  const { outcome } = result
  return {
    drill: drill.name,
    outcome:
      outcome.kind === 'healed-by-fixes'
        ? `${outcome.kind}: ${outcome.fixes.join(', ')}`
        : [outcome.kind, outcomeReason(outcome)].filter(Boolean).join(': '),
    misses: missTexts(result),
    milestones: result.milestones.map(({ milestone, after, by }) => ({
      milestone,
      after: after - injected,
      by: by - injected,
    })),
    steps: recorded.list.map(step => ({ ...step, at: step.at + began - injected })),
  }
}

const drilled = (drill: Drill, runtime: Runtime, policy: Policy): Promise<DrillResult> =>
  runDrill(drill, { runtime, policy, faults, signals, journal: memoryJournal() })

/**
 * What a node in a container has not either: its host is no Mac. The way into the node is another:
 * there is a VM to go through in the lab.
 */
const lacks = Object.fromEntries(
  (['colima', 'talos', 'launchd', 'processes', 'backups'] as const).map(capability => [
    capability,
    'the sandbox is a node alone',
  ]),
)

/** A new lab for every run. */
export function labPlace(): Place {
  return {
    async run(drill, seed) {
      const world = await findWorld('sandbox')
      if (world === undefined) throw new Error('the lab has no world for the sandbox')
      const lab = createLab(world, { seed, manifests: manifestsOf('sandbox') })
      const node = world.host.containers[0]!
      const policy = await loadPolicy('sandbox')
      const made = adapted(policy, {
        container: node.name,
        kubeconfig: `${world.host.home}/.kube/config`,
        ports: new Map(policy.ports.map(port => [port.container, port.nodePort])),
        uid: lab.context.store.get('Namespace', undefined, 'kube-system')?.metadata.uid,
        flannel: { namespace: 'kube-system', name: 'kube-flannel' },
        kubelet: undefined,
        ledger: `${world.host.home}/ledger.json`,
        platform: [
          ['DaemonSet', 'kube-system', 'kube-flannel'],
          ['Deployment', 'kube-system', 'coredns'],
          ['Deployment', 'local-path-storage', 'local-path-provisioner'],
        ].map(([kind, namespace = '', name = '']) => ({
          kind: kind === 'DaemonSet' ? 'DaemonSet' : 'Deployment',
          namespace,
          name,
          replicas: 1,
        })),
      })
      const { clock, store } = lab.context
      const began = clock.now()
      const recorded = steps(followed)
      for (const kind of ['Node', 'Pod', 'Event'])
        for (const object of store.list(kind)) recorded.hear('ADDED', object, 0)
      const stop = store.subscribe(({ type, object }) => {
        if (['Node', 'Pod', 'Event'].includes(object.kind))
          recorded.hear(type, object, clock.now() - began)
      })
      const contexts = { ...made, identity: { ...made.identity, contexts: ['admin@sandbox'] } }
      const result = await drilled(
        drill,
        guarded({ ...lab.runtime, lacks }, { except: ['port-forward'] }),
        contexts,
      )
      stop()
      return runOf(drill, result, recorded, began)
    },
    close: async () => {},
  }
}

const seen = z.looseObject({
  type: z.string(),
  object: z.looseObject({ kind: z.string(), metadata: z.looseObject({ name: z.string() }) }),
})

/**
 * Follows a kind with kubectl, again whenever that ends: an API that restarts breaks its watches.
 */
function follow(
  kind: string,
  kubeconfig: string,
  hear: (type: string, object: Seen) => void,
): () => void {
  let ended = false
  let child: ChildProcess | undefined
  const again = (): void => {
    if (ended) return
    child = spawn(
      env['HOLDFAST_KUBECTL'] ?? 'kubectl',
      ['get', kind, '-A', '--watch', '--output-watch-events', '-o', 'json', '--request-timeout=0'],
      { env: { ...env, KUBECONFIG: kubeconfig }, stdio: ['ignore', 'pipe', 'ignore'] },
    )
    let held = ''
    child.stdout?.on('data', chunk => {
      held += String(chunk)
      for (let end = held.indexOf('\n'); end !== -1; end = held.indexOf('\n')) {
        const { data } = seen.safeParse(JSON.parse(held.slice(0, end)))
        held = held.slice(end + 1)
        if (data !== undefined) hear(data.type, data.object)
      }
    })
    child.once('close', () => void setTimeout(again, 200))
  }
  again()
  return () => {
    ended = true
    child?.kill('SIGKILL')
  }
}

/** One real node for all runs. */
export async function containerPlace(tell: (message: string) => void): Promise<Place> {
  const settings = settingsFrom({ ...env, HOLDFAST_TARGET: 'container' })
  const target = await openTarget(settings, await loadPolicy(settings.cluster), {
    drills: true,
    tell,
  })
  const { runtime, policy } = target
  /** New pods for each run: containers that died a moment ago come back later and later. */
  async function fresh(): Promise<void> {
    const workloads = [
      'deployment/feed',
      'deployment/search',
      'deployment/site',
      'statefulset/redis',
    ]
    for (const words of [
      ['rollout', 'restart', ...workloads],
      ...workloads.map(name => ['rollout', 'status', name, '--timeout=120s']),
    ]) {
      const exit = await runtime.shell.run(
        [
          env['HOLDFAST_KUBECTL'] ?? 'kubectl',
          '--kubeconfig',
          policy.identity.kubeconfig,
          '-n',
          'sandbox',
          ...words,
        ],
        { deadline: 150_000 },
      )
      if (exit.kind !== 'exited' || exit.code !== 0)
        throw new Error(
          `kubectl ${words.join(' ')} before a run: ` +
            (exit.kind === 'exited' ? exit.stderr : exit.kind),
        )
    }
    // Until events and conditions of that are over. @source measured on a v1.35 node: readiness, 5
    // s
    await runtime.clock.sleep(10_000)
  }
  return {
    async run(drill) {
      await fresh()
      const began = runtime.clock.now()
      const recorded = steps(followed)
      let first = true
      const stops = ['nodes', 'pods', 'events'].map(kind =>
        follow(kind, policy.identity.kubeconfig, (type, object) =>
          recorded.hear(type, object, first ? 0 : runtime.clock.now() - began),
        ),
      )
      await runtime.clock.sleep(4_000)
      first = false
      const result = await drilled(drill, runtime, policy)
      for (const stop of stops) stop()
      return runOf(drill, result, recorded, began)
    },
    close: target.close,
  }
}
