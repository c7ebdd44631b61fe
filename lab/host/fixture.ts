// A small Mac for the tests of this folder, with a minimal cluster behind it.
import type { Exit } from '#src/model/runtime.ts'
import { VirtualClock } from '#lab/kernel/clock.ts'
import { SeededRandom } from '#lab/kernel/random.ts'
import { Store } from '#lab/kernel/store.ts'
import type { ApiState, AppAnswer, LabContext, Machine, NodeApi } from '#lab/kernel/world.ts'
import { fixtureSeed, home } from './fixture-seed.ts'
import { createHost, createMachines, type HostSeed, type LabHost } from './index.ts'

export { fixtureSeed } from './fixture-seed.ts'

export interface HostFixture {
  context: LabContext
  host: LabHost
  machine: Machine
  /** Calls of the node API in order, each with its second. */
  nodeApiCalls: string[]
  /** Answers of applications by NodePort; other ports refuse. */
  answers: Map<number, AppAnswer>
  api: { state: ApiState }
  /** Runs a command, given as one line (split at spaces, no quotes) or as an array of words. */
  run(command: string | readonly string[], deadline?: number): Promise<Exit>
  /** Virtual seconds since the fixture was made. */
  seconds(): number
}

/** @source an arbitrary Saturday: nothing depends on it */
const start = Date.parse('2026-11-21T10:00:00Z')

/** Creates a host, and boots it unless `booted` is false. */
export function createFixture(
  seed: HostSeed = fixtureSeed(),
  options: { booted?: boolean; seed?: number } = {},
): HostFixture {
  const context = contextOf(options.seed ?? 1)
  const { clock } = context
  const seconds = (): number => (clock.now() - start) / 1000
  const cluster = minimalCluster(seconds)
  const machines = createMachines(seed)
  const host = createHost(context, seed, machines, cluster.node)
  if (options.booted !== false) {
    host.boot()
    clock.advance(60_000)
  }
  return {
    context,
    host,
    machine: machines[0]!,
    nodeApiCalls: cluster.nodeApiCalls,
    answers: cluster.answers,
    api: cluster.api,
    seconds,
    run: (command, deadline = 600_000) =>
      host.shell.run(typeof command === 'string' ? command.split(' ') : command, { deadline }),
  }
}

function contextOf(seed: number): LabContext {
  const clock = new VirtualClock(start)
  const random = new SeededRandom(seed)
  return { seed, clock, random, store: new Store(clock, random) }
}

/** A node API that records its calls and returns what the test sets. */
function minimalCluster(
  seconds: () => number,
): Pick<HostFixture, 'nodeApiCalls' | 'answers' | 'api'> & { node: NodeApi } {
  const nodeApiCalls: string[] = []
  const answers = new Map<number, AppAnswer>([
    [8108, { kind: 'answer', status: 200, body: '{"ok":true}', ms: 3 }],
    [3000, { kind: 'answer', status: 200, body: '{"version":"0.4"}', ms: 3 }],
  ])
  const api: { state: ApiState } = { state: 'serving' }
  const recordCall = (what: string): number => nodeApiCalls.push(`${seconds()} ${what}`)
  const node: NodeApi = {
    started: machine => {
      recordCall('started')
      machine.files.set('/run/flannel/subnet.env', 'FLANNEL_MTU=1450\n')
      machine.processes.set(90_001, { pid: 90_001, comm: 'typesense-server', frozen: false })
    },
    stopped: (_machine, graceful) => recordCall(graceful ? 'stopped' : 'killed'),
    paused: () => recordCall('paused'),
    resumed: () => recordCall('resumed'),
    apiState: () => api.state,
    connect: (_machine, port) => answers.get(port) ?? { kind: 'refused', ms: 1 },
    signal: (machine, pid, signal) => {
      recordCall(`${signal} ${pid}`)
      const process = machine.processes.get(pid)
      if (signal === 'KILL') machine.processes.delete(pid)
      else if (process !== undefined) process.frozen = signal === 'STOP'
    },
  }
  return { node, nodeApiCalls, answers, api }
}

export const sock = `unix://${home}/.colima/default/docker.sock`
export const sshConfig = `${home}/.colima/_lima/colima/ssh.config`
