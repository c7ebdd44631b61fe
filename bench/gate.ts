// Compares the gate with kubeconform, kube-linter and kube-score: the same files, the same machine,
// one run after the other.
// node bench/gate.ts [repetitions] [objects,objects,…]
// The other programs are built from Go modules into HOLDFAST_BENCH_CACHE (default: a folder of the
// system's temporary one).
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv, env, execPath, stdout } from 'node:process'
import { $ } from 'zx'
import { manifestsOf } from './gate/objects.ts'
import { schemasFrom } from './gate/schemas.ts'

const repetitions = Number(argv[2] ?? 3)
const sizes = (argv[3] ?? '14,1000,5000').split(',').map(Number)
const root = join(import.meta.dirname, '..')
const cache = env['HOLDFAST_BENCH_CACHE'] ?? join(tmpdir(), 'holdfast-bench')
mkdirSync(join(cache, 'bin'), { recursive: true })
const go = $({ cwd: cache, quiet: true, nothrow: true })

/** Exact versions: a table is worth nothing without them. */
const kubernetes = 'k8s.io/kubernetes@v1.35.0'
const programs = {
  kubeconform: 'github.com/yannh/kubeconform@v0.8.0',
  // By the name of its repository: under the one that it calls itself by, not every module proxy
  // has it.
  'kube-linter': 'github.com/stackrox/kube-linter@v0.8.3',
  'kube-score': 'github.com/zegl/kube-score@v1.20.0',
} as const

interface Tool {
  name: string
  command: (folder: string) => readonly string[]
}

/** The folder with the source of a module, fetched if necessary; or why it is unavailable. */
async function sourceOf(module: string): Promise<{ folder: string } | { why: string }> {
  const { stdout: said, stderr } = await go`go mod download -json ${module}`
  if (!said.startsWith('{')) return { why: `go cannot be started: ${stderr.trim()}` }
  const { Dir: folder, Error: why = 'the module proxy has no such module' } = JSON.parse(said) as {
    Dir?: string
    Error?: string
  }
  return folder === undefined ? { why } : { folder }
}

/** The program, built from its source if necessary; undefined, with a message, if that fails. */
async function built(name: keyof typeof programs): Promise<string | undefined> {
  const path = join(cache, 'bin', name)
  if (existsSync(path)) return path
  stdout.write(`building ${programs[name]} …\n`)
  const source = await sourceOf(programs[name])
  const { exitCode, stderr } =
    'why' in source
      ? { exitCode: 1, stderr: source.why }
      : await go({ cwd: source.folder })`go build -o ${path} ./cmd/${name}`
  if (exitCode === 0) return path
  stdout.write(
    `  ${name} cannot be built here and is left out: ${stderr.trim().split('\n').at(-1)}\n`,
  )
  return undefined
}

/**
 * Schemas of Kubernetes itself on the disk: without them kubeconform fetches each, in its published
 * form, from the network.
 */
async function schemas(form: 'published' | 'referring'): Promise<string | undefined> {
  const folder = join(cache, `${form}-schemas`)
  if (existsSync(folder)) return folder
  const source = await sourceOf(kubernetes)
  if ('why' in source) return undefined
  schemasFrom(
    readFileSync(join(source.folder, 'api', 'openapi-spec', 'swagger.json'), 'utf8'),
    folder,
    form,
  )
  return folder
}

const holdfast: Tool = {
  name: 'holdfast',
  command: folder => [
    join(root, 'node_modules', '.bin', 'node'),
    join(root, 'bin', 'holdfast.mjs'),
    'gate',
    folder,
  ],
}

/** kubeconform with schemas on the disk; none where it or they are missing. */
async function conforming(
  program: string | undefined,
  name: string,
  form: 'published' | 'referring',
): Promise<readonly Tool[]> {
  const definitions = await schemas(form)
  if (program === undefined || definitions === undefined) return []
  const location = `${definitions}/{{ .ResourceKind }}{{ .KindSuffix }}.json`
  const options = ['-strict', '-summary', '-schema-location', location]
  return [{ name, command: folder => [program, ...options, folder] }]
}

/** Every program that can be built here. */
async function allTools(): Promise<readonly Tool[]> {
  const conform = await built('kubeconform')
  const linter = await built('kube-linter')
  const score = await built('kube-score')
  const tools = [
    holdfast,
    ...(await conforming(conform, 'kubeconform', 'published')),
    ...(await conforming(conform, 'kubeconform, smallest schemas', 'referring')),
  ]
  if (linter !== undefined)
    tools.push({ name: 'kube-linter', command: folder => [linter, 'lint', folder] })
  if (score !== undefined)
    tools.push({
      name: 'kube-score',
      command: folder => [score, 'score', join(folder, 'all.yaml')],
    })
  return tools
}

interface Measured {
  wall: number
  /** User and system time, s. */
  cpu: number
  /** MiB. */
  peak: number
  code: number
}

/** A small Python program waits for the child and prints its usage: Node does not offer it. */
const waiter =
  'import os,resource,subprocess,sys,time\nb=time.monotonic()\n' +
  'n=subprocess.DEVNULL\nc=subprocess.run(sys.argv[1:],stdout=n,stderr=n).returncode\n' +
  'w=time.monotonic()-b\nr=resource.getrusage(resource.RUSAGE_CHILDREN)\n' +
  'print(w,r.ru_utime+r.ru_stime,r.ru_maxrss/1024,c)'
const plain = $({ quiet: true, env: { ...env, NO_COLOR: '1' } })

async function run(command: readonly string[]): Promise<Measured> {
  const { stdout: said } = await plain`python3 -c ${waiter} ${command}`
  const [wall = 0, cpu = 0, peak = 0, code = 0] = said.trim().split(' ').map(Number)
  return { wall, cpu, peak, code }
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

// As it is installed: with its bundle.
await $({ stdio: 'inherit' })`${execPath} ${join(root, 'bin', 'install.mjs')}`
const work = mkdtempSync(join(tmpdir(), 'holdfast-bench-gate-'))
try {
  const all = await allTools()
  stdout.write(
    `${repetitions} runs each, median; ${availableParallelism()} cores, ` +
      `load ${loadavg()[0]?.toFixed(1)}; Node ${process.version}; ratios: holdfast = 1\n\n`,
  )
  stdout.write(
    '| objects | program | wall s | × | CPU s | × | peak MiB | exit code |\n' +
      '|---|---|---|---|---|---|---|---|\n',
  )
  for (const size of sizes) {
    const folder = join(work, String(size))
    mkdirSync(folder)
    writeFileSync(join(folder, 'all.yaml'), manifestsOf(size))
    const results = new Map<string, Measured[]>(all.map(({ name }) => [name, []]))
    // One after the other within each repetition: whatever else runs on the machine is in all of
    // them.
    for (let repetition = 0; repetition < repetitions; repetition += 1)
      for (const { name, command } of all) results.get(name)?.push(await run(command(folder)))
    const of = (name: string, what: keyof Measured): number =>
      median((results.get(name) ?? []).map(one => one[what]))
    for (const { name } of all) {
      const [wall, cpu] = [of(name, 'wall'), of(name, 'cpu')]
      stdout.write(
        `| ${size.toLocaleString('en')} | ${name} | ${wall.toFixed(2)} | ` +
          `${(wall / of('holdfast', 'wall')).toFixed(1)} | ${cpu.toFixed(2)} | ` +
          `${(cpu / of('holdfast', 'cpu')).toFixed(1)} | ${of(name, 'peak').toFixed(0)} | ` +
          `${of(name, 'code')} |\n`,
      )
    }
  }
  stdout.write(`\nload at the end: ${loadavg()[0]?.toFixed(1)}\n`)
} finally {
  rmSync(work, { recursive: true, force: true })
}
