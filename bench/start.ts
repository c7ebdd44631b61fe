// Times the commands that a person waits for, as whole processes.
// node bench/start.ts [runs]
import { join } from 'node:path'
import { $, argv, echo } from 'zx'

const runs = Number(argv._[0] ?? 5)
const root = join(import.meta.dirname, '..')
const node = join(root, 'node_modules', '.bin', 'node')
const commands: readonly (readonly string[])[] = [
  ['--help'],
  ['list'],
  ['check'],
  ['heal', '--after', 'api-port-drifts', '--apply'],
  ['nightly'],
]

/** Seconds of one run of the command line; its exit code does not matter here. */
async function seconds(words: readonly string[]): Promise<number> {
  const began = performance.now()
  await $({ cwd: root, nothrow: true, quiet: true })`${node} bin/holdfast.mjs ${words}`
  return (performance.now() - began) / 1000
}

echo(`seconds, ${runs} runs each: min · median · max`)
for (const words of commands) {
  const times: number[] = []
  for (let run = 0; run < runs; run += 1) times.push(await seconds(words))
  const sorted = times.toSorted((a, b) => a - b)
  const range = [sorted[0], sorted[Math.floor(runs / 2)], sorted.at(-1)]
  echo(`${words.join(' ').padEnd(40)} ${range.map(time => time?.toFixed(2)).join(' · ')}`)
}
