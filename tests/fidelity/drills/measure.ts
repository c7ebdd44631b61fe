// Runs the compared drills and keeps what happened: node tests/fidelity/drills/measure.ts
// lab|container [runs] [drill…]
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { argv, stderr } from 'node:process'
import { endOnSignals } from '#src/runs/process/ending.ts'
import { compared, containerPlace, labPlace, type Run } from './stage.ts'

const [, , where = 'lab', count = '5', ...only] = argv
if (where !== 'lab' && where !== 'container')
  throw new Error(`“${where}” is no place to measure: say lab or container`)
const file = join(import.meta.dirname, '..', 'recorded', `drills-${where}.json`)
const tell = (message: string): void => void stderr.write(`${message}\n`)
const wanted = compared.filter(({ name }) => only.length === 0 || only.includes(name))
const kept: readonly Run[] = existsSync(file)
  ? (JSON.parse(readFileSync(file, 'utf8')) as Run[])
  : []
const runs: Run[] = kept.filter(run => !wanted.some(({ name }) => name === run.drill))

endOnSignals()
const place = where === 'lab' ? labPlace() : await containerPlace(tell)
try {
  for (const drill of wanted) {
    for (let run = 1; run <= Number(count); run += 1) {
      const made = await place.run(drill, run)
      runs.push(made)
      const recovered = made.milestones.find(({ milestone }) => milestone === 'recovered')
      const when =
        recovered === undefined ? 'never' : `${recovered.after / 1000} to ${recovered.by / 1000} s`
      const words = [made.outcome, `recovered ${when}`, ...made.misses]
      tell(`${drill.name} ${run}: ${words.join('; ')}`)
      writeFileSync(file, `[\n${runs.map(one => JSON.stringify(one)).join(',\n')}\n]\n`)
    }
  }
} finally {
  await place.close()
}
