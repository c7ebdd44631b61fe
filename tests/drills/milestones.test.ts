// Milestones are accurate: a second, much finer measurement in the same world finds the same times.
import { missTexts } from '#src/reporting/sentences.ts'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { strangeness } from '#helpers/host/ports.ts'
import {
  ms,
  type Drill,
  type DrillResult,
  type Milestone,
  type MilestoneName,
  type LogEntry,
  type Runtime,
} from '#src/model/index.ts'
import { drillOf, newLab, policy, runIn } from './stage.ts'

/** The time between two measurements, ms of virtual time. */
const grid = 10
/** The deadline of one measurement, ms: whatever answers at all answers faster. */
const patience = 100

/**
 * Measures every {@link grid} ms, without waiting for the previous answer, from the first injection
 * to the first undo.
 */
class Truth {
  readonly #looks: { at: number; good: boolean }[] = []
  #phase: 'before' | 'on' | 'over' = 'before'
  readonly #reach: Runtime
  readonly #isGood: () => Promise<boolean>

  constructor(runtime: Runtime, isGood: () => Promise<boolean>) {
    this.#reach = runtime
    this.#isGood = isGood
  }

  heard = ({ phase }: LogEntry): void => {
    if (phase === 'undo') this.#phase = 'over'
    if (phase !== 'inject' || this.#phase !== 'before') return
    this.#phase = 'on'
    void this.#follow()
  }

  async #follow(): Promise<void> {
    while (this.#phase === 'on') {
      const evaluate = { at: this.#reach.clock.now(), good: false }
      this.#looks.push(evaluate)
      void this.#isGood().then(good => (evaluate.good = good))
      await this.#reach.clock.sleep(grid)
    }
  }

  /**
   * The last bad measurement before the final recovery, and the first good one after it. Undefined:
   * none was bad.
   */
  back(until: number): { bad: number; good: number } | undefined {
    const looks = this.#looks.filter(({ at }) => at <= until)
    const bad = looks.findLastIndex(({ good }) => !good)
    const next = looks[bad + 1]
    return bad < 0 || next === undefined ? undefined : { bad: looks[bad]!.at, good: next.at }
  }
}

/** Whether every port of the drill's services passes its own application check. */
function servicesAnswer(runtime: Runtime, drill: Drill): () => Promise<boolean> {
  const named = drill.services?.(policy)
  const ports = policy.ports.filter(port => named === undefined || named.includes(port.name))
  return async () => {
    const answers = await Promise.all(
      ports.map(async ({ host, answers: wanted }) => {
        const answer =
          wanted.by === 'http'
            ? await runtime.net.http(
                `${wanted.tls ? 'https' : 'http'}://127.0.0.1:${host}${wanted.path}`,
                { deadline: patience },
              )
            : await runtime.net.tcp(
                {
                  host: '127.0.0.1',
                  port: host,
                  ...(wanted.send === undefined ? {} : { send: wanted.send }),
                },
                { deadline: patience },
              )
        return strangeness(answer, wanted) === undefined
      }),
    )
    return answers.every(Boolean)
  }
}

const kubeconfig = z.object({
  clusters: z.array(z.object({ name: z.string(), cluster: z.object({ server: z.string() }) })),
  contexts: z.array(z.object({ name: z.string(), context: z.object({ cluster: z.string() }) })),
})

/** The server of the policy's context in a kubeconfig. */
function serverIn(text: string): string | undefined {
  const { clusters, contexts } = kubeconfig.parse(parse(text))
  const cluster = contexts.find(({ name }) => name === policy.identity.contexts[0])?.context.cluster
  return clusters.find(({ name }) => name === cluster)?.cluster.server
}

/** Whether the API server in the current kubeconfig is ready. */
const apiAnswers = (runtime: Runtime) => {
  const servers = new Map<string, string | undefined>()
  return async (): Promise<boolean> => {
    const text = (await runtime.files.read('~/.kube/config')) ?? ''
    if (!servers.has(text)) servers.set(text, serverIn(text))
    const answer = await runtime.net.http(`${servers.get(text)}/readyz`, { deadline: patience })
    return answer.kind === 'answered' && answer.status === 200
  }
}

const milestoneOf = ({ milestones }: DrillResult, name: MilestoneName): Milestone | undefined =>
  milestones.find(({ milestone }) => milestone === name)

/**
 * Limits a drill about all ports to three of them: a measurement every {@link grid} ms asks too
 * much otherwise.
 */
const fewer = (drill: Drill): Drill =>
  drill.services === undefined
    ? { ...drill, services: () => policy.ports.slice(0, 3).map(({ name }) => name) }
    : drill

async function measured(name: string, milestones: readonly MilestoneName[], seed: number) {
  const lab = newLab(seed)
  const drill = fewer(drillOf(name))
  const truths = milestones.map(
    milestone =>
      new Truth(
        lab.runtime,
        milestone === 'api back' ? apiAnswers(lab.runtime) : servicesAnswer(lab.runtime, drill),
      ),
  )
  const result = await runIn(lab, drill, {
    heard: logEntry => truths.forEach(truth => truth.heard(logEntry)),
  })
  const recovered = milestoneOf(result, 'recovered')
  if (recovered === undefined)
    throw new Error(`${name} did not recover: ${missTexts(result).join('; ')}`)
  return milestones.map((milestone, index) => ({
    milestone,
    seen: milestoneOf(result, milestone),
    back: truths[index]!.back(recovered.by),
  }))
}

/** The interval of each signal, ms. */
const rhythm: Partial<Record<MilestoneName, number>> = {
  'service answering': 500,
  'api back': 1000,
}

const rows: readonly [drill: string, ...milestones: MilestoneName[]][] = [
  ['node-comes-back-tainted', 'service answering'],
  ['node-comes-back-cordoned', 'service answering'],
  ['pds-nodeport-reset', 'service answering'],
  ['typesense-hangs', 'service answering'],
  ['api-port-drifts', 'service answering', 'api back'],
  ['restart-colima', 'api back'],
  ['flannel-loses-its-subnet', 'api back'],
]

describe('a milestone', () => {
  test.for(rows)(
    '%s: “%s” contains the true time of the recovery',
    async ([drill, ...milestones]) => {
      for (const { milestone, seen, back } of await measured(drill, milestones, 3)) {
        if (seen === undefined || back === undefined)
          throw new Error(
            `${milestone}: seen ${JSON.stringify(seen)}, truly ${JSON.stringify(back)}`,
          )
        // The true recovery lies after `back.bad` and not after `back.good`.
        expect(seen.after).toBeLessThanOrEqual(back.good)
        expect(seen.by).toBeGreaterThanOrEqual(back.bad)
        expect([seen.after <= back.bad + grid, back.good - grid <= seen.by]).toEqual([true, true])
        // A milestone is as sharp as the interval of its signal, plus the 2 s that a check may wait
        // in vain at either end.
        expect(seen.by - seen.after).toBeLessThanOrEqual((rhythm[milestone] ?? 0) + 2 * ms('2 s'))
      }
    },
  )

  test.for([
    ['flannel-pod-killed', 'service answering', 'api back'],
    ['port-forward-dies-silently', 'service answering'],
  ] as const)('%s: no “%s” if it never failed', async ([drill, ...milestones]) => {
    expect(await measured(drill, milestones, 3)).toEqual(
      milestones.map(milestone => ({ milestone, seen: undefined, back: undefined })),
    )
  })
})
