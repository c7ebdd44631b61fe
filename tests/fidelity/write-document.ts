// Writes the part about kubectl of docs/fidelity.md: HOLDFAST_KUBECTL=… node
// tests/fidelity/write-document.ts
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { env, stdout } from 'node:process'
import { commands } from './commands/index.ts'
import { differences } from './compare.ts'
import { kubectlPart, milestones, withPart } from './document.ts'
import { explained } from './explain.ts'
import { play } from './play.ts'
import { reasons } from './reasons.ts'
import { recorded } from './recording.ts'
import { servedSandbox } from './worlds.ts'

const file = join(import.meta.dirname, '..', '..', 'docs', 'fidelity.md')
const world = await servedSandbox(env['HOLDFAST_KUBECTL'] ?? 'kubectl')
try {
  const found = differences(recorded(), await play(world.stage, commands))
  writeFileSync(
    file,
    withPart(readFileSync(file, 'utf8'), milestones.kubectl, kubectlPart(found, reasons)),
  )
  const open = explained(found, reasons).filter(({ reason }) => reason === undefined)
  stdout.write(
    `${commands.length} commands, ${found.length} differ, ${open.length} without a reason\n`,
  )
  for (const { line, odd } of open)
    stdout.write(`${line}\n${odd.map(one => `  ${one.side} ${one.where}: ${one.line}\n`).join('')}`)
} finally {
  await world.stop()
}
