// Breaks the connection to the API a hundred times during a drill. Every milestone must be present,
// and each interval must contain the true time.
import { stdout } from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadPolicy } from '#src/runs/clusters.ts'
import { faults } from '#helpers/faults.ts'
import { deletePods } from '#helpers/kubernetes/faults/pods.ts'
import { connections } from '#src/targets/live/connections.ts'
import { liveClock } from '#src/targets/live/clock.ts'
import { strangeness } from '#helpers/host/ports.ts'
import { signals } from '#helpers/kubernetes/signals.ts'
import { eventText } from '#src/reporting/sentences.ts'
import { runDrill } from '#src/engine/drill/drill.ts'
import { memoryJournal } from '#src/engine/journal/journal.ts'
import { watch } from '#src/engine/watch/watch.ts'
import type {
  Drill,
  DrillResult,
  EndpointSlice,
  Milestone,
  MilestoneName,
  LogEntry,
  Pod,
  Runtime,
  WorkloadObject,
} from '#src/model/index.ts'
import { SeededRandom } from '#lab/kernel/random.ts'
import type { ServedLab } from '#lab/serve/index.ts'
import { drills } from '#specs/chaos/index.ts'
import { workloadsHaveTheirReplicas } from '#specs/invariants/workloads.spec.ts'
import { ask, servedLab } from '#tests/serve/stage.ts'
import { breakable, ways, type Break, type Breaking } from './breaking.ts'
import { asked, grid, truth, type Return, type Truth } from './truth.ts'

/** How often the test breaks the connection in each way, and with which probability. */
const each = 25
const seed = 4
/** The shortest time between two deletions of the pod, ms. The pod is back within two seconds. */
const deletedEvery = 7_000

const workload = { namespace: 'joelclaw', name: 'bluesky-pds' } as const
const service = 'pds'

function planned(): readonly Break[] {
  const random = new SeededRandom(seed)
  const list = ways.flatMap(way =>
    Array.from({ length: each }, () => ({
      way,
      lasts: way === 'hung' ? random.between(300, 3_500) : random.between(100, 1_500),
      well: random.between(300, 2_400),
    })),
  )
  return list
    .map(one => ({ one, at: random.next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one)
}

let served: ServedLab
let way: Breaking
const policy = await loadPolicy('joelclaw')
const clock = liveClock()

beforeAll(async () => {
  served = await servedLab()
  way = await breakable(served)
})
afterAll(async () => {
  way.close()
  await served.stop()
})

/**
 * The lab as a live drill sees it: real time, and real connections to its API through the proxy
 * that breaks them.
 */
function runtimeOf(): Runtime {
  const [context] = policy.identity.contexts
  const kubeconfig =
    `{apiVersion: v1, kind: Config, current-context: ${context}, clusters: [{name: c, cluster: ` +
    `{server: "${way.url}"}}], users: [{name: u, user: {token: t}}], contexts: [{name: ` +
    `${context}, context: {cluster: c, user: u}}]}`
  const { runtime } = served.lab
  return {
    ...runtime,
    clock,
    dispatcher: connections(),
    files: {
      ...runtime.files,
      read: async path =>
        path === policy.identity.kubeconfig ? kubeconfig : runtime.files.read(path),
      list: path => runtime.files.list(path),
      write: (path, text) => runtime.files.write(path, text),
      remove: path => runtime.files.remove(path),
    },
  }
}

const port = policy.ports.find(({ name }) => name === service)!

const drill: Drill = {
  ...drills.find(({ name }) => name === 'flannel-pod-killed')!,
  name: 'pods-deleted',
  title: 'a Deployment replaces its pod',
  steadyState: [workloadsHaveTheirReplicas],
  breaks: [],
  services: () => [service],
  faults: () => [deletePods({ kind: 'Deployment', ...workload, force: true })],
  budgets: { recovered: '20 min' },
  stability: '15 s',
}

const readyIn = ({ status }: Pod): boolean =>
  status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true

/** The same facts, read directly from the store. */
function truths(): Record<'pods ready' | 'endpoints ready' | 'service answering', Truth> {
  const { store } = served.lab.context
  const of = (name: string): boolean => name.startsWith(`${workload.name}-`)
  return {
    'pods ready': truth(
      clock,
      () =>
        (store.get<WorkloadObject>('Deployment', workload.namespace, workload.name)?.status
          ?.availableReplicas ?? 0) >= 1 &&
        store
          .list<Pod>('Pod')
          .some(
            pod =>
              pod.metadata.namespace === workload.namespace &&
              of(pod.metadata.name) &&
              readyIn(pod),
          ),
    ),
    'endpoints ready': truth(clock, () =>
      store
        .list<EndpointSlice>('EndpointSlice')
        .some(
          slice =>
            slice.metadata.labels?.['kubernetes.io/service-name'] === port.service &&
            (slice.endpoints ?? []).some(({ conditions }) => conditions?.ready === true),
        ),
    ),
    'service answering': asked(
      clock,
      async () =>
        strangeness(
          await served.lab.runtime.net.http(
            `http://127.0.0.1:${port.host}${port.answers.by === 'http' ? port.answers.path : ''}`,
            { deadline: 100 },
          ),
          port.answers,
        ) === undefined,
    ),
  }
}

const holds = ({ after, by }: Milestone, { bad, good }: Return): boolean =>
  after <= good && by >= bad - grid

interface Seen {
  result: DrillResult
  history: ReadonlyMap<MilestoneName, readonly Milestone[]>
  reported: readonly string[]
  returns: Record<'pods ready' | 'endpoints ready' | 'service answering', readonly Return[]>
  breaks: number
  deleted: number
}

async function run(): Promise<Seen> {
  const runtime = runtimeOf()
  const world = truths()
  const history = new Map<MilestoneName, Milestone[]>()
  const reported: string[] = []
  /**
   * The test's own watch. It keeps all milestones one by one, while a drill keeps only the last of
   * each.
   */
  const second = watch(signals, {
    runtime,
    policy,
    drill,
    changed(signal, change) {
      reported.push(`${clock.now()} ${eventText({ kind: 'signal', signal, change })}`)
      if (change.kind !== 'back') return
      const name = signals.find(
        ({ milestone }) => signal === milestone || signal.startsWith(`${milestone}, `),
      )?.milestone
      const keep = (): void => {
        const found = second.milestones().find(({ milestone }) => milestone === name)
        if (found !== undefined)
          history.set(found.milestone, [...(history.get(found.milestone) ?? []), found])
      }
      // The state of the service a little later, when the pending answers have arrived.
      if (name === 'service answering') setTimeout(keep, 400)
      else keep()
    },
  })
  const began = Promise.withResolvers<void>()
  const running = runDrill(drill, {
    runtime,
    policy,
    faults,
    signals,
    journal: memoryJournal(),
    heard: ({ phase }: LogEntry) => void (phase === 'inject' && began.resolve()),
  })
  await Promise.race([began.promise, running])
  const over = new AbortController()
  let [breaks, deleted] = [0, 1]
  const deleting = (async () => {
    for (;;) {
      await pause(deletedEvery)
      // A drill keeps the last return: each return is the last one until all signals were good.
      while (!over.signal.aborted && (second.bad().length > 0 || second.unseen().length > 0))
        await pause(20)
      if (over.signal.aborted) return
      const pod = served.lab.context.store
        .list<Pod>('Pod')
        .find(
          ({ metadata }) =>
            metadata.namespace === workload.namespace &&
            metadata.name.startsWith(`${workload.name}-`),
        )
      await ask(served, `/api/v1/namespaces/${workload.namespace}/pods/${pod?.metadata.name}`, {
        method: 'DELETE',
        body: JSON.stringify({ gracePeriodSeconds: 0 }),
      })
      deleted += 1
    }
  })()
  for (const { way: how, lasts, well } of planned()) {
    await way.cutOff(how, lasts)
    breaks += 1
    await pause(well)
  }
  over.abort()
  await deleting
  const result = await running
  await second.stop()
  for (const one of Object.values(world)) one.stop()
  const returns = {
    'pods ready': world['pods ready'].returns(),
    'endpoints ready': world['endpoints ready'].returns(),
    'service answering': world['service answering'].returns(),
  }
  return { result, history, reported, returns, breaks, deleted }
}

describe('a hundred breaks of the connection to the API', () => {
  let seen: Seen
  beforeAll(async () => {
    seen = await run()
  }, 600_000)

  test('occur during the drill in four ways, and each way cuts watches', () => {
    expect(seen.breaks).toBe(100)
    expect(ways.map(one => way.cut[one] > each)).toEqual([true, true, true, true])
    expect(seen.deleted).toBeGreaterThan(5)
  })

  test('the drill succeeds', () => {
    expect([seen.result.outcome, seen.result.misses]).toEqual([{ kind: 'healed-by-itself' }, []])
  })

  test.for(['pods ready', 'endpoints ready', 'service answering'] as const)(
    '“%s”: no return is lost, and no mark is without one',
    name => {
      const milestones = seen.history.get(name) ?? []
      const returns = seen.returns[name]
      const lost = returns.filter(back => !milestones.some(milestone => holds(milestone, back)))
      const invented = milestones.filter(milestone => !returns.some(back => holds(milestone, back)))
      const widths = milestones.map(({ after, by }) => by - after).toSorted((a, b) => a - b)
      stdout.write(
        `${name}: ${returns.length} returns, ${milestones.length} marks, ` +
          `wide ${widths.at(0)} to ${widths.at(-1)} ms, median ` +
          `${widths[Math.floor(widths.length / 2)]} ms\n`,
      )
      // The surrounding messages show the reason.
      for (const { good } of lost) {
        const near = (message: string) => Math.abs(Number(message.split(' ')[0]) - good) < 6_000
        stdout.write(`lost at ${good}:\n${seen.reported.filter(near).join('\n')}\n`)
      }
      expect({ lost, invented }).toEqual({ lost: [], invented: [] })
      expect(returns.length).toBeGreaterThan(5)
    },
  )

  test.for(['pods ready', 'endpoints ready', 'service answering'] as const)(
    '“%s”: the drill’s own mark holds the last return',
    name => {
      const milestone = seen.result.milestones.find(one => one.milestone === name)
      const last = seen.returns[name].at(-1)
      if (milestone === undefined || last === undefined)
        throw new Error(`${name}: ${JSON.stringify({ milestone, last })}`)
      expect(holds(milestone, last)).toBe(true)
    },
  )

  test('the length of a gap is reported', () => {
    expect(seen.reported.some(message => /observed again after \d/.test(message))).toBe(true)
  })
})
