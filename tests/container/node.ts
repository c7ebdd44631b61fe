// The one node of a run: started before its tests, handed to them by its settings, and removed after them.
import { stderr } from 'node:process'
import type { TestProject } from 'vitest/node'
import { loadPolicy } from '../../bin/clusters.ts'
import { endAll } from '../../bin/ending.ts'
import { settingsFrom, type Settings } from '../../bin/settings.ts'
import { openTarget } from '../../bin/target.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    settings: Settings
  }
}

export default async function node(project: TestProject): Promise<() => Promise<void>> {
  const settings = settingsFrom({ ...process.env, HOLDFAST_TARGET: 'container' })
  for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]] as const) process.once(signal, () => void endAll().finally(() => process.exit(code)))
  const target = await openTarget(settings, await loadPolicy(settings.cluster), { tell: says => void stderr.write(`${says}\n`) })
  project.provide('settings', target.settings)
  return target.close
}
