// The node of a test run: starts before the tests, is passed to them, and is removed after them,
// even if a signal ends the run.
import { env } from 'node:process'
import type { TestProject } from 'vitest/node'
import { endOnSignals } from '#src/runs/process/ending.ts'
import type { Stage } from './play.ts'
import { realNode } from './worlds.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    realNode: Stage
  }
}

export default async function node(project: TestProject): Promise<() => Promise<void>> {
  endOnSignals()
  const { stage, stop } = await realNode(env['HOLDFAST_KUBECTL'] ?? 'kubectl')
  project.provide('realNode', stage)
  return stop
}
