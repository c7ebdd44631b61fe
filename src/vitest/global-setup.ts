// Before invariant specs run without the command line (npx vitest run specs/invariants/…): takes
// one snapshot for all of them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import { observeTarget } from '#src/runs/evidence/host.ts'
import { questionsOf } from '#src/model/index.ts'
import { invariants } from '#specs/invariants/index.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { lookVariable, settingsFrom } from '#src/runs/settings.ts'
import { saveSnapshot, snapshotIn } from '#src/runs/evidence/snapshot.ts'
import { openTarget } from '#src/runs/target.ts'

/**
 * Takes the snapshot unless there is one already, as in holdfast check, and removes its file at the
 * end.
 */
export default async function evaluate(): Promise<(() => Promise<void>) | undefined> {
  const settings = settingsFrom()
  if (settings.snapshot !== undefined) return undefined
  const policy = await loadPolicy(settings.cluster)
  const target = await openTarget(settings, policy)
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-look-'))
  try {
    const file = snapshotIn(folder)
    saveSnapshot(
      file,
      await observeTarget(questionsOf(invariants, target.policy), target.runtime, target.policy),
      target.policy,
    )
    env[lookVariable] = file
    env['HOLDFAST_CLUSTER'] = target.settings.cluster
  } catch (error) {
    await target.close()
    throw error
  }
  return async () => {
    delete env[lookVariable]
    env['HOLDFAST_CLUSTER'] = settings.cluster
    rmSync(folder, { recursive: true, force: true })
    await target.close()
  }
}
