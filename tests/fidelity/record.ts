// Records what the commands of the list do on a real node: HOLDFAST_KUBECTL=… node
// tests/fidelity/record.ts
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { env, stderr } from 'node:process'
import { endOnSignals } from '#src/runs/process/ending.ts'
import { commands } from './commands/index.ts'
import { play } from './play.ts'
import { realNode } from './worlds.ts'

const kubectl = env['HOLDFAST_KUBECTL'] ?? 'kubectl'
endOnSignals()
stderr.write('starting a node\n')
const world = await realNode(kubectl)
try {
  const said = await play(
    world.stage,
    commands,
    ({ id, line }) => void stderr.write(`${id}: ${line}\n`),
  )
  const file = join(import.meta.dirname, 'recorded', 'kubectl.json')
  writeFileSync(file, `[\n${said.map(one => JSON.stringify(one)).join(',\n')}\n]\n`)
  stderr.write(`${said.length} commands are recorded in ${file}\n`)
} finally {
  await world.stop()
}
