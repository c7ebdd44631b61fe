// What a start pays for each Kubernetes client: the import of holdfast's own, with the HTTP client
// below it, against the import of client-node. Each import runs in a process of its own.
// node bench/client-start.ts [runs]
import { join } from 'node:path'
import { $, argv, echo } from 'zx'

const runs = Number(argv._[0] ?? 9)
const root = join(import.meta.dirname, '..')
const node = join(root, 'node_modules', '.bin', 'node')
const clients = {
  'nothing (Node alone)': '0',
  'src/kubernetes and undici': `await import('#src/kubernetes/client.ts'); await import('undici')`,
  '@kubernetes/client-node': `await import('@kubernetes/client-node')`,
}

/** Seconds and MiB of one process that evaluates `code`. */
async function measure(code: string): Promise<{ seconds: number; memory: number }> {
  const script = `${code}; process.stdout.write(String(process.resourceUsage().maxRSS / 1024))`
  const began = performance.now()
  const { stdout } = await $({
    cwd: root,
    quiet: true,
  })`${node} --input-type=module --eval ${script}`
  return { seconds: (performance.now() - began) / 1000, memory: Number(stdout) }
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

echo(`${runs} processes each, taken in turn: median seconds · MiB at the peak`)
const taken = new Map(
  Object.keys(clients).map(name => [name, [] as { seconds: number; memory: number }[]]),
)
for (let run = 0; run < runs; run += 1) {
  for (const [name, code] of Object.entries(clients)) taken.get(name)?.push(await measure(code))
}
for (const [name, all] of taken) {
  const seconds = median(all.map(one => one.seconds))
  const memory = median(all.map(one => one.memory))
  echo(`${name.padEnd(28)} ${seconds.toFixed(2)} s · ${memory.toFixed(0)} MiB`)
}
