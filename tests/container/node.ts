// The nodes of a run: started before its tests, handed to them by their settings, and removed after
// them.
import { stderr } from 'node:process'
import type { TestProject } from 'vitest/node'
import { loadPolicy } from '#src/runs/clusters.ts'
import { endAll, endOnSignals } from '#src/runs/process/ending.ts'
import { settingsFrom, type Settings } from '#src/runs/settings.ts'
import { openTarget } from '#src/runs/target.ts'

/**
 * Two, each with one thing at a time on it: drills wait most of their time, and one waits while the
 * other does.
 */
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
    // The other one may stand already, or be on its way.
    await endAll()
    throw error
  }
  return endAll
}
