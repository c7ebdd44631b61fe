// How long a check of a large cluster takes beside kubectl, which fetches the same kinds from the
// same API server: in turn, in one run.
// HOLDFAST_NODE_IMAGE=<a k3s image> node bench/check.ts [runs]
// It starts a node in Docker with `holdfast check --target container --keep` and removes it.
// HOLDFAST_BENCH_KUBECTL: the kubectl to use.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv, env, execPath, stdout } from 'node:process'
import { loadPolicy } from '#src/runs/clusters.ts'
import { parseKubeconfig } from '#src/kubernetes/client-node.ts'
import { liveReach } from '#src/targets/live/index.ts'
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

const description = (text: string): void => void stdout.write(`${text}\n`)

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

/** What /proc says of a process: ticks of user and system, and the most KiB that it had. */
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

/** One whole process, what it wrote thrown away but for its last line. */
function run(command: readonly string[], environment: NodeJS.ProcessEnv = env): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const began = performance.now()
    const child = spawn(command[0] ?? '', command.slice(1), {
      env: environment,
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    let last = { cpu: 0, peak: 0 }
    const evaluate = setInterval(() => {
      const now = used(child.pid ?? 0)
      // What has ended and not been waited for has no memory any more.
      if (now !== undefined) last = { cpu: now.cpu, peak: Math.max(last.peak, now.peak) }
    }, 20)
    child.stdout.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-2_000)))
    child.stderr.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-2_000)))
    child.on('error', reject)
    child.on('close', code => {
      clearInterval(evaluate)
      resolve({ wall: performance.now() - began, ...last, code, output })
    })
  })
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
const range = (values: readonly number[]): string =>
  `${(median(values) / 1_000).toFixed(2)} s (${(Math.min(...values) / 1_000).toFixed(2)} to ${(Math.max(...values) / 1_000).toFixed(2)})`

/** Path of a list, with its query, as `pods` or `deployments.apps`. */
function kindOf(asked: string): string | undefined {
  const match = /^GET \/(?:api\/v1|apis\/([^/]+)\/[^/]+)\/([a-z]+)\?/.exec(asked)
  return match === null ? undefined : match[1] === undefined ? match[2] : `${match[2]}.${match[1]}`
}

/** Starts the node. Its policy and kubeconfig are in the folder that bears its name. */
async function node(): Promise<string> {
  const started = await run([...holdfast, 'check', '--target', 'container', '--keep'], kept)
  const container = /kept in container (\S+)/.exec(started.output)?.[1]
  if (container === undefined) throw new Error(`no node could be started: ${started.output}`)
  return container
}

const container = await node()
const place = join(tmpdir(), container)
try {
  const policy = await loadPolicy(join(place, 'policy.json'))
  const file = join(folder, 'policy.json')
  // The crowd is judged, too.
  writeFileSync(file, JSON.stringify({ ...policy, namespaces: [...policy.namespaces, namespace] }))
  const kubeconfig = join(place, 'kubeconfig')
  const runtime = liveReach({ seed: 1 })
  const environment = {
    ...kept,
    HOLDFAST_KEEP: '',
    HOLDFAST_TARGET: 'live',
    HOLDFAST_CLUSTER: file,
  }

  /** Every request of one check, through a proxy that counts. */
  async function requests(): Promise<readonly string[]> {
    const config = parseKubeconfig(kubeconfig, readFileSync(kubeconfig, 'utf8'))
    const text = (data: string | undefined): string =>
      Buffer.from(data ?? '', 'base64').toString('utf8')
    const [cluster, user] = [config.getCurrentCluster(), config.getCurrentUser()]
    const proxy = await counting({
      server: cluster?.server ?? '',
      ca: text(cluster?.caData),
      cert: text(user?.certData),
      key: text(user?.keyData),
    })
    try {
      const through = join(folder, 'kubeconfig')
      writeFileSync(
        through,
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'Config',
          'current-context': 'default',
          contexts: [{ name: 'default', context: { cluster: 'default', user: 'default' } }],
          clusters: [{ name: 'default', cluster: { server: proxy.url } }],
          users: [{ name: 'default', user: {} }],
        }),
      )
      const counted = join(folder, 'counted.json')
      writeFileSync(
        counted,
        JSON.stringify({
          ...policy,
          namespaces: [...policy.namespaces, namespace],
          identity: { ...policy.identity, kubeconfig: through },
        }),
      )
      await run([...holdfast, 'check'], { ...environment, HOLDFAST_CLUSTER: counted })
      return proxy.asked()
    } finally {
      proxy.close()
    }
  }

  async function measured(of: keyof typeof crowds, count: number): Promise<void> {
    description(`\n${count} ${of}`)
    await gather(runtime, policy, of, count)
    const asked = await requests()
    const lists = Map.groupBy(asked, kindOf)
    const kinds = [...lists.keys()].filter(kind => kind !== undefined)
    const twice = [
      ...Map.groupBy(
        asked.filter(one => kindOf(one) !== undefined && !one.includes('continue=')),
        one => one,
      ),
    ].filter(([, same]) => same.length > 1)
    description(
      `requests of one check: ${asked.length}, of which ${asked.filter(one => kindOf(one) !== undefined).length} are pages of ${kinds.length} lists; asked twice: ${twice.length === 0 ? 'none' : twice.map(([one]) => one).join(', ')}`,
    )
    description(
      `  ${[...lists].map(([kind, all]) => (kind === undefined ? all.join(', ') : all.length > 1 ? `${kind} in ${all.length} pages` : kind)).join(', ')}`,
    )
    const [ours, theirs]: [Ran[], Ran[]] = [[], []]
    for (let index = 0; index < runs; index += 1) {
      ours.push(await run([...holdfast, 'check'], environment))
      theirs.push(
        await run([
          kubectl,
          '--kubeconfig',
          kubeconfig,
          'get',
          '--all-namespaces',
          '-o',
          'json',
          kinds.join(','),
        ]),
      )
    }
    const failed = [
      ...ours.filter(({ code }) => code !== 0 && code !== 1 && code !== 2),
      ...theirs.filter(({ code }) => code !== 0),
    ]
    if (failed.length > 0) throw new Error(`one of them failed: ${failed[0]?.output}`)
    for (const [name, all] of [
      ['holdfast check', ours],
      ['kubectl get', theirs],
    ] as const) {
      description(
        `  ${name.padEnd(16)} ${range(all.map(({ wall }) => wall)).padEnd(30)} processors ${range(all.map(({ cpu }) => cpu)).padEnd(30)} memory ${Math.round(Math.max(...all.map(({ peak }) => peak)))} MiB · exit ${[...new Set(all.map(({ code }) => code))].join(', ')}`,
      )
    }
    description(
      `  holdfast takes ${median(ours.map(({ wall }, index) => wall / (theirs[index]?.wall ?? Number.NaN))).toFixed(2)} times as long as kubectl, pair by pair`,
    )
    await disperse(runtime, policy)
  }

  description(
    `${availableParallelism()} processors, load ${loadavg()[0]?.toFixed(1)}; ${runs} runs of each, in turn: median (least to most)`,
  )
  await measured('deployments', 1_000)
  await measured('pods', 5_000)
} finally {
  spawnSync('docker', ['rm', '-f', '-v', container])
  rmSync(place, { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
}
