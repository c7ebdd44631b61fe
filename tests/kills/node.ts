// The only node of a run: starts before the tests, is passed to them as settings, and is removed
// after them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stderr } from 'node:process'
import type { TestProject } from 'vitest/node'
import { loadPolicy } from '#src/runs/clusters.ts'
import { endOnSignals } from '#src/runs/process/ending.ts'
import { settingsFrom } from '#src/runs/settings.ts'
import { openTarget } from '#src/runs/target.ts'

/** A node, and a folder for the machines whose processes use it. */
export interface Place {
  /** Its container. */
  node: string
  /** The policy of the node: a file. */
  policy: string
  folder: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    place: Place
  }
}

export default async function node(project: TestProject): Promise<() => Promise<void>> {
  endOnSignals()
  const settings = settingsFrom({ ...process.env, HOLDFAST_TARGET: 'container' })
  const target = await openTarget(settings, await loadPolicy(settings.cluster), {
    tell: message => void stderr.write(`${message}\n`),
  })
  const container = target.settings.node
  if (container === undefined) throw new Error('the node that was started has no name')
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-kills-'))
  project.provide('place', { node: container, policy: target.settings.cluster, folder })
  return async () => {
    await target.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
