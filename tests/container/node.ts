// The nodes of a run: started before its tests, passed to them as settings, and removed after them.
import { stderr } from 'node:process'
import type { TestProject } from 'vitest/node'
import { loadPolicy } from '#src/runs/clusters.ts'
import { endAll, endOnSignals } from '#src/runs/process/ending.ts'
import { settingsFrom, type Settings } from '#src/runs/settings.ts'
import { openTarget } from '#src/runs/target.ts'

/** Two nodes, with one drill at a time on each. Drills mostly wait, so two run in parallel. */
export type NodeName = 'calm' | 'restarted'

declare module 'vitest' {
  export interface ProvidedContext {
    nodes: Readonly<Record<NodeName, Settings>>
  }
}

async function started(name: NodeName): Promise<Settings> {
  const settings = settingsFrom({ ...process.env, HOLDFAST_TARGET: 'container' })
  const target = await openTarget(settings, await loadPolicy(settings.cluster), {
    tell: message => void stderr.write(`${name}: ${message}\n`),
  })
  return target.settings
}

export default async function nodes(project: TestProject): Promise<() => Promise<void>> {
  endOnSignals()
  try {
    const [calm, restarted] = await Promise.all([started('calm'), started('restarted')])
    project.provide('nodes', { calm, restarted })
  } catch (error) {
    // The other node may already run or be starting.
    await endAll()
    throw error
  }
  return endAll
}
