// Writes the part about drills of docs/fidelity.md from the recorded runs: node
// tests/fidelity/drills/write-document.ts
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stdout } from 'node:process'
import { milestones, withPart } from '#tests/fidelity/document.ts'
import { runsOf } from './compare.ts'
import { drillsPart, gaps } from './document.ts'
import { drillReasons } from './reasons.ts'

const file = join(import.meta.dirname, '..', '..', '..', 'docs', 'fidelity.md')
const [lab, node] = [runsOf('lab'), runsOf('container')]
writeFileSync(
  file,
  withPart(readFileSync(file, 'utf8'), milestones.drills, drillsPart(lab, node, drillReasons)),
)
const open = gaps(lab, node, drillReasons).filter(({ reason }) => reason === undefined)
for (const gap of open)
  stdout.write(`${gap.drill}: ${gap.of}\n  lab  ${gap.lab}\n  node ${gap.node}\n`)
stdout.write(`${open.length} without a reason\n`)
