// The same eight interruptions on Chaos Toolkit and on holdfast, each run against a fresh served
// lab: what does each leave behind?
// node bench/peers/run.ts [install | page | number,number,…]
// It needs the host ports of the lab's world. Where they are taken, on Linux: `node
// bench/peers/run.ts install`, then
// unshare --net sh -c 'ip link set lo up && node bench/peers/run.ts'. Measured cells are kept in
// HOLDFAST_BENCH_CACHE, so that
// single rows can be measured again; docs/peers.md is written when all are there.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import { argv, stdout } from 'node:process'
import { page, resultsSchema, type Results } from './page.ts'
import { cache, chaosToolkit, needed } from './install.ts'
import { interruptions, measure } from './interruptions.ts'
import { endAll } from './processes.ts'
import { root } from './stage.ts'
import { chaosToolkitTool, holdfastTool } from './tools.ts'

const { chaos, versions } = needed('Chaos Toolkit', chaosToolkit)
const kept = join(cache, 'peers.json')
const holdfast = (
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
).version
const key = { ...versions, holdfast, Node: process.version.slice(1) }

/** What was measured before, at the same versions. */
function known(): Results {
  const fresh: Results = { versions: key, cells: [] }
  if (!existsSync(kept)) return fresh
  const found = resultsSchema.parse(JSON.parse(readFileSync(kept, 'utf8')))
  return JSON.stringify(found.versions) === JSON.stringify(key) ? found : fresh
}

async function measureAll(numbers: readonly number[]): Promise<void> {
  let results = known()
  for (const interruption of interruptions.filter(({ number }) => numbers.includes(number))) {
    for (const tool of [chaosToolkitTool(chaos), holdfastTool]) {
      const measured = {
        ...(await measure(tool, interruption)),
        date: new Date().toISOString().slice(0, 10),
        load: loadavg()[0] ?? 0,
        cores: availableParallelism(),
      }
      stdout.write(
        `${interruption.number} ${tool.name}: left ${measured.left.join(', ') || 'nothing'}; ` +
          `exit ${measured.code}; undone after ${measured.undoneAfter ?? '-'} s; ` +
          `ended after ${measured.endedAfter} s; ${measured.next.join('; ')}; ` +
          `made ${measured.objects.join(', ') || 'nothing'}\n`,
      )
      results = {
        versions: key,
        cells: [
          ...results.cells.filter(
            cell => cell.tool !== tool.name || cell.interruption !== interruption.number,
          ),
          measured,
        ],
      }
      writeFileSync(kept, `${JSON.stringify(results, null, 2)}\n`)
    }
  }
  const missing = interruptions.filter(
    ({ number }) => results.cells.filter(cell => cell.interruption === number).length < 2,
  )
  if (missing.length > 0)
    stdout.write(`not yet measured: ${missing.map(({ number }) => number).join(', ')}\n`)
  else writeFileSync(join(root, 'docs', 'peers.md'), page(results))
}

try {
  if (argv[2] === 'install') stdout.write(`${chaos}: ${JSON.stringify(versions)}\n`)
  else if (argv[2] === 'page') await measureAll([])
  else
    await measureAll(argv[2]?.split(',').map(Number) ?? interruptions.map(({ number }) => number))
} finally {
  endAll()
}
