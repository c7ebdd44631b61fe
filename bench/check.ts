// How long a check of a large cluster takes beside kubectl, which fetches the same kinds from the
// same API server: in turn, in one run.
// HOLDFAST_NODE_IMAGE=<a k3s image> node bench/check.ts [runs]
// It starts a node in Docker with `holdfast check --target container --keep` and removes it.
// HOLDFAST_BENCH_KUBECTL: the kubectl to use.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv, env, execPath, stdout } from 'node:process'
import { $ } from 'zx'
import type { Policy, Runtime } from '#src/model/index.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { parseKubeconfig } from '#src/kubernetes/client-node.ts'
import { liveRuntime } from '#src/targets/live/index.ts'
import { counting } from './check/counting.ts'
import { disperse, gather, namespace, type crowds } from './check/crowd.ts'

const runs = Number(argv[2] ?? 5)
const root = join(import.meta.dirname, '..')
const kubectl = env['HOLDFAST_BENCH_KUBECTL'] ?? 'kubectl'
const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-check-'))
const holdfast = [execPath, join(root, 'bin', 'holdfast.mjs')] as const
const kept = {
  ...env,
  HOLDFAST_KEEP: '1',
  HOLDFAST_REPORTS: join(folder, 'reports'),
  HOLDFAST_STATE: join(folder, 'state'),
}

const print = (text: string): void => void stdout.write(`${text}\n`)

interface Ran {
  /** ms by the wall, and of all processors together. */
  wall: number
  cpu: number
  /** Most memory that it had, MiB. */
  peak: number
  code: number | null
  output: string
}

/**
 * Clock ticks of a second in /proc. @source Linux, proc(5): stat is in ticks of
 * sysconf(_SC_CLK_TCK), 100
 */
const ticks = 100

/** CPU time (ms) and peak memory (MiB) of a process, from /proc. */
function used(pid: number): { cpu: number; peak: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return {
      cpu: (Number(fields[11]) + Number(fields[12])) * (1_000 / ticks),
      peak:
        Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
    }
  } catch {
    return undefined
  }
}

/** Runs one process to its end and keeps the last 2,000 characters of its output. */
async function run(command: readonly string[], environment: NodeJS.ProcessEnv = env): Promise<Ran> {
  const began = performance.now()
  // `exec`: the sampled process is the program itself, not the shell that starts it.
  const child = $({ env: environment, cwd: root, quiet: true, nothrow: true })`exec ${command}`
  let last = { cpu: 0, peak: 0 }
  const sample = setInterval(() => {
    const now = used(child.pid ?? 0)
    // A process that has ended reports no memory.
    if (now !== undefined) last = { cpu: now.cpu, peak: Math.max(last.peak, now.peak) }
  }, 20)
  const { exitCode, stdall } = await child.finally(() => clearInterval(sample))
  return {
    wall: performance.now() - began,
    ...last,
    code: exitCode,
    output: stdall.slice(-2_000),
  }
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
const range = (values: readonly number[]): string =>
  `${(median(values) / 1_000).toFixed(2)} s (${(Math.min(...values) / 1_000).toFixed(2)} to ` +
  `${(Math.max(...values) / 1_000).toFixed(2)})`

/** Path of a list, with its query, as `pods` or `deployments.apps`. */
function kindOf(asked: string): string | undefined {
  const [, group, kind] = /^GET \/(?:api\/v1|apis\/([^/]+)\/[^/]+)\/([a-z]+)\?/.exec(asked) ?? []
  return group === undefined ? kind : `${kind}.${group}`
}

/** Starts the node. Its policy and kubeconfig are in the folder that bears its name. */
async function node(): Promise<string> {
  const started = await run([...holdfast, 'check', '--target', 'container', '--keep'], kept)
  const container = /kept in container (\S+)/.exec(started.output)?.[1]
  if (container === undefined) throw new Error(`no node could be started: ${started.output}`)
  return container
}

/** The folder and policy of the node, and how a check of it is started. */
interface Bench {
  policy: Policy
  kubeconfig: string
  runtime: Runtime
  environment: NodeJS.ProcessEnv
}

/** The policy, with the crowd's namespace, so that a check judges the crowd. */
const withCrowd = (policy: Policy) => ({
  ...policy,
  namespaces: [...policy.namespaces, namespace],
})

/** Reads what the started node left in its folder. */
async function benchOf(place: string): Promise<Bench> {
  const policy = await loadPolicy(join(place, 'policy.json'))
  const file = join(folder, 'policy.json')
  writeFileSync(file, JSON.stringify(withCrowd(policy)))
  return {
    policy,
    kubeconfig: join(place, 'kubeconfig'),
    runtime: liveRuntime({ seed: 1 }),
    environment: {
      ...kept,
      HOLDFAST_KEEP: '',
      HOLDFAST_TARGET: 'live',
      HOLDFAST_CLUSTER: file,
    },
  }
}

/** A kubeconfig of one context that leads to a server without TLS. */
const plainKubeconfig = (server: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'default',
    contexts: [{ name: 'default', context: { cluster: 'default', user: 'default' } }],
    clusters: [{ name: 'default', cluster: { server } }],
    users: [{ name: 'default', user: {} }],
  })

/** A counting proxy in front of the API server. */
function proxyOf(kubeconfig: string): ReturnType<typeof counting> {
  const config = parseKubeconfig(kubeconfig, readFileSync(kubeconfig, 'utf8'))
  const decoded = (data: string | undefined): string =>
    Buffer.from(data ?? '', 'base64').toString('utf8')
  const [cluster, user] = [config.getCurrentCluster(), config.getCurrentUser()]
  return counting({
    server: cluster?.server ?? '',
    ca: decoded(cluster?.caData),
    cert: decoded(user?.certData),
    key: decoded(user?.keyData),
  })
}

/** Every request of one check, seen by the proxy. */
async function requestsOf({ policy, kubeconfig, environment }: Bench): Promise<readonly string[]> {
  const proxy = await proxyOf(kubeconfig)
  try {
    const through = join(folder, 'kubeconfig')
    writeFileSync(through, plainKubeconfig(proxy.url))
    const counted = join(folder, 'counted.json')
    const identity = { ...policy.identity, kubeconfig: through }
    writeFileSync(counted, JSON.stringify({ ...withCrowd(policy), identity }))
    await run([...holdfast, 'check'], { ...environment, HOLDFAST_CLUSTER: counted })
    return proxy.asked()
  } finally {
    proxy.close()
  }
}

/** Prints what one check asked for. Returns the kinds that it listed. */
function printRequests(asked: readonly string[]): readonly string[] {
  const lists = Map.groupBy(asked, kindOf)
  const kinds = [...lists.keys()].filter(kind => kind !== undefined)
  const pages = asked.filter(one => kindOf(one) !== undefined)
  const first = pages.filter(one => !one.includes('continue='))
  const repeated = [...Map.groupBy(first, one => one)].filter(([, same]) => same.length > 1)
  print(
    `requests of one check: ${asked.length}, of which ${pages.length} are pages of ` +
      `${kinds.length} lists; asked twice: ` +
      (repeated.length === 0 ? 'none' : repeated.map(([one]) => one).join(', ')),
  )
  const describe = ([kind, all]: [string | undefined, string[]]): string => {
    if (kind === undefined) return all.join(', ')
    return all.length > 1 ? `${kind} in ${all.length} pages` : kind
  }
  print(`  ${[...lists].map(describe).join(', ')}`)
  return kinds
}

/** Prints the figures of one tool. */
function printFigures(name: string, all: readonly Ran[]): void {
  const wall = range(all.map(each => each.wall)).padEnd(30)
  const cpu = range(all.map(each => each.cpu)).padEnd(30)
  const peak = Math.round(Math.max(...all.map(each => each.peak)))
  const codes = [...new Set(all.map(({ code }) => code))].join(', ')
  print(`  ${name.padEnd(16)} ${wall} processors ${cpu} memory ${peak} MiB · exit ${codes}`)
}

/** Runs both tools in turn on a crowd, and prints how they compare. */
async function measure(bench: Bench, of: keyof typeof crowds, count: number): Promise<void> {
  const { runtime, policy, kubeconfig, environment } = bench
  print(`\n${count} ${of}`)
  await gather(runtime, policy, of, count)
  const kinds = printRequests(await requestsOf(bench))
  const all = ['--all-namespaces', '-o', 'json', kinds.join(',')]
  const [ours, theirs]: [Ran[], Ran[]] = [[], []]
  for (let index = 0; index < runs; index += 1) {
    ours.push(await run([...holdfast, 'check'], environment))
    theirs.push(await run([kubectl, '--kubeconfig', kubeconfig, 'get', ...all]))
  }
  const failed = [
    ...ours.filter(({ code }) => code !== 0 && code !== 1 && code !== 2),
    ...theirs.filter(({ code }) => code !== 0),
  ]
  if (failed.length > 0) throw new Error(`one of them failed: ${failed[0]?.output}`)
  printFigures('holdfast check', ours)
  printFigures('kubectl get', theirs)
  const ratios = ours.map(({ wall }, index) => wall / (theirs[index]?.wall ?? Number.NaN))
  print(`  holdfast takes ${median(ratios).toFixed(2)} times as long as kubectl, pair by pair`)
  await disperse(runtime, policy)
}

const { exitCode } = await $({ quiet: true, nothrow: true })`${kubectl} version --client`
if (exitCode !== 0)
  throw new Error(`${kubectl} does not run here: HOLDFAST_BENCH_KUBECTL names another one`)
const container = await node()
const place = join(tmpdir(), container)
try {
  const bench = await benchOf(place)
  const load = loadavg()[0]?.toFixed(1)
  print(`${availableParallelism()} processors, load ${load}; ${runs} runs of each, in turn:`)
  print('median (least to most)')
  await measure(bench, 'deployments', 1_000)
  await measure(bench, 'pods', 5_000)
} finally {
  await $({ quiet: true, nothrow: true })`docker rm -f -v ${container}`
  rmSync(place, { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
}
