// One pod deleted again and again on a real node, by holdfast and three peers: what each says of
// the recovery, beside the truth.
// node bench/recovery/run.ts [rounds] [tool…]
// Needs Docker, Go and Python 3 with venv. HOLDFAST_NODE_IMAGE chooses the node's image. Writes
// docs/recovery.md.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv, env, stderr } from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { loadPolicy } from '#src/runs/clusters.ts'
import { endOnSignals } from '#src/runs/process/ending.ts'
import { settingsFrom } from '#src/runs/settings.ts'
import { openTarget } from '#src/runs/target.ts'
import { faults } from '#helpers/faults.ts'
import { deletePods } from '#helpers/kubernetes/faults/pods.ts'
import { drill } from '#helpers/index.ts'
import { seededRandom } from '#src/targets/live/random.ts'
import { signals } from '#helpers/kubernetes/signals.ts'
import { runDrill } from '#src/engine/drill/drill.ts'
import { memoryJournal } from '#src/engine/journal/journal.ts'
import { workloadsHaveTheirReplicas } from '#specs/invariants/workloads.spec.ts'
import { chaosToolkit as installChaosToolkit, needed } from '#bench/peers/install.ts'
import { endAll as endProcesses } from '#bench/peers/processes.ts'
import { chainsaw as installChainsaw, krknPython, versions } from './install.ts'
import { page, type Row } from './page.ts'
import { chaosToolkit, chainsaw, krkn, pod, type Peer } from './peers.ts'
import { poll } from './truth.ts'

const rounds = Number(argv[2] ?? 5)
const seed = 1
/**
 * How long the API server stands still, ms: longer than a client waits for an answer, and than the
 * pod takes to come back.
 */
const standstill = 6_000
const tell = (message: string): void => void stderr.write(`${message}\n`)

const { chaos, versions: ofChaosToolkit } = needed('Chaos Toolkit', installChaosToolkit)
const installed: Readonly<Record<string, () => Peer>> = {
  'Chaos Toolkit': () => chaosToolkit(chaos),
  Chainsaw: () => chainsaw(installChainsaw()),
  'Krkn (krkn-lib)': () => krkn(krknPython()),
}
const all = ['holdfast', ...Object.keys(installed)]
const tools = all.filter(
  tool => argv.length < 4 || argv.slice(3).some(word => tool.toLowerCase().startsWith(word)),
)
const peers = new Map(
  tools.flatMap(tool =>
    installed[tool] === undefined ? [] : [[tool, needed(tool, installed[tool])] as const],
  ),
)

endOnSignals()
const settings = settingsFrom({ ...env, HOLDFAST_TARGET: 'container' })
const target = await openTarget(settings, await loadPolicy(settings.cluster), {
  drills: true,
  tell,
})
const { runtime, policy } = target
const port = policy.ports.find(({ name }) => name === pod.deployment)
const node = policy.nodes[0]?.container?.name
if (port?.answers.by !== 'http' || node === undefined)
  throw new Error('the sandbox has no site, or no node')
const url = `http://127.0.0.1:${port.host}${port.answers.path}`

const deleted = drill({
  name: 'pod-deleted',
  title: 'a Deployment replaces its pod',
  incident: { story: 'a pod is deleted', source: 'this bench' },
  steadyState: [workloadsHaveTheirReplicas],
  faults: () => [
    deletePods({
      kind: 'Deployment',
      namespace: pod.namespace,
      name: pod.deployment,
      force: false,
    }),
  ],
  breaks: [],
  services: () => [pod.deployment],
  healer: 'cluster',
  expects: [],
  budgets: { recovered: '60 s' },
  stability: '6 s',
})

type Said = Pick<Row, 'figure' | 'interval'>

async function byHoldfast(): Promise<Said & { code: number }> {
  const result = await runDrill(deleted, {
    runtime,
    policy,
    faults,
    signals,
    journal: memoryJournal(),
  })
  const [injected, answering] = (['injected', 'service answering'] as const).map(name =>
    result.milestones.find(({ milestone }) => milestone === name),
  )
  if (injected === undefined || answering === undefined) return { figure: undefined, code: 1 }
  return {
    figure: (answering.by - injected.by) / 1000,
    interval: { after: answering.after, by: answering.by },
    code: result.misses.length === 0 ? 0 : 1,
  }
}

async function docker(...words: readonly string[]): Promise<void> {
  const exit = await runtime.shell.run(['docker', ...words], { deadline: 20_000 })
  if (exit.kind !== 'exited' || exit.code !== 0)
    throw new Error(`docker ${words.join(' ')}: ${JSON.stringify(exit)}`)
}

async function measure(tool: string, round: number, still: boolean): Promise<Row> {
  // The rollout of the round before is over, and its pod no longer new.
  await pause(8_000)
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-recovery-'))
  const truth = poll(url, `"service":"${pod.deployment}"`)
  try {
    await pause(1_000)
    const standing = still
      ? truth.gone.then(async () => {
          await docker('kill', '--signal', 'STOP', node ?? '')
          await pause(standstill)
          await docker('kill', '--signal', 'CONT', node ?? '')
        })
      : Promise.resolve()
    const began = performance.timeOrigin + performance.now()
    const peer = peers.get(tool)
    const said: Said & { code: number } =
      peer === undefined
        ? await byHoldfast()
        : await peer({ folder, kubeconfig: policy.identity.kubeconfig })
    // A tool that did nothing leaves nothing to wait for.
    await Promise.race([standing, pause(standstill + 30_000)])
    await pause(4_000)
    const seen = await truth.truth()
    return {
      tool,
      round,
      still,
      ...said,
      gone: seen.gone,
      back: seen.back,
      looks: seen.looks,
      single: seen.single,
      pace: seen.pace,
      began,
      load: loadavg()[0] ?? 0,
    }
  } finally {
    truth.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * How long the node remembers a connection that nobody has any more, s. The poll opens 200 a second
 * and comes back to the same port
 * after a minute: as long as the node remembers where that went, it leads to the pod that was
 * deleted. @source measured with Linux' 120 s:
 * 10,000 remembered connections, and 2 s of silence for every seventh of them, seconds after the
 * pod was back; none with these.
 */
const remembered = [
  'nf_conntrack_tcp_timeout_time_wait=1',
  'nf_conntrack_tcp_timeout_syn_sent=3',
  'nf_conntrack_tcp_timeout_close=1',
] as const
await docker('exec', node, 'sysctl', '-w', ...remembered.map(setting => `net.netfilter.${setting}`))

const random = seededRandom(seed)
const plan = [false, true].flatMap(still =>
  Array.from({ length: rounds }, (_, round) =>
    tools
      .map(tool => ({ tool, round: round + 1, still, at: random.next() }))
      .toSorted((a, b) => a.at - b.at),
  ).flat(),
)
const rows: Row[] = []
try {
  for (const { tool, round, still } of plan) {
    const row = await measure(tool, round, still)
    rows.push(row)
    tell(JSON.stringify(row))
  }
  writePage()
} finally {
  endProcesses()
  await target.close()
}

function writePage(): void {
  const root = join(import.meta.dirname, '..', '..')
  const holdfast = String(
    Reflect.get(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as object, 'version'),
  )
  writeFileSync(
    join(root, 'docs', 'recovery.md'),
    page({
      rows,
      missing: all.filter(tool => !tools.includes(tool)),
      versions: { ...ofChaosToolkit, ...versions, holdfast, Node: process.version.slice(1) },
      cores: availableParallelism(),
      standstill,
    }),
  )
}
