// Fuzzes the gate with 100,000 inputs, from the reader to the last format. node
// tests/gate/many-inputs.ts [cases] [seed]
import { argv, cpuUsage, resourceUsage, stdout } from 'node:process'
import { check, property } from 'fast-check'
import { inputs, wholeWay } from './inputs.ts'

const cases = Number(argv[2] ?? 100_000)
const seed = Number(argv[3] ?? 1)
/** CPU time so far, ms. Unlike real time, it does not depend on other work on the machine. */
const spent = (): number => {
  const { user, system } = cpuUsage()
  return (user + system) / 1000
}
/** The longest time that one input took, ms of CPU time. */
let longest = 0
const began = performance.now()
const { failed, counterexample, errorInstance } = check(
  property(inputs, files => {
    const start = spent()
    wholeWay(files)
    longest = Math.max(longest, spent() - start)
  }),
  { numRuns: cases, seed },
)
const outcome = failed
  ? `FAILED ${JSON.stringify(counterexample)} ${String(errorInstance)}`
  : 'all told'
stdout.write(
  `${cases} inputs in ${((performance.now() - began) / 1000).toFixed(0)} s, ` +
    `the longest ${longest.toFixed(0)} ms of CPU time, peak ` +
    `${(resourceUsage().maxRSS / 1024).toFixed(0)} MiB: ${outcome}\n`,
)
