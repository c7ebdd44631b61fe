// Setup of every invariant spec that vitest runs: settings from the environment, the policy, and the one snapshot to judge.
import { readSnapshot } from '../snapshot.ts'
import { explain } from '../../helpers/report/message.ts'
import { judge } from '../../helpers/judge/judge.ts'
import { observe, questionsOf } from '../../helpers/run/observe.ts'
import { openSession } from '../../helpers/session.ts'
import type { Policy, Snapshot } from '../../helpers/words/index.ts'
import { invariants } from '../../specs/invariants/index.ts'
import { loadPolicy } from '../clusters.ts'
import { fits, settingsFrom, type Settings } from '../settings.ts'
import { openTarget } from '../target.ts'

async function snapshotOf(settings: Settings, policy: Policy): Promise<Snapshot> {
  if (settings.snapshot !== undefined) return readSnapshot(settings.snapshot, policy)
  const target = await openTarget(settings, policy)
  try {
    return await observe(questionsOf(invariants, policy), target.reach, policy)
  } finally {
    await target.close()
  }
}

const settings = settingsFrom()
const policy = await loadPolicy(settings.cluster)
const snapshot = await snapshotOf(settings, policy)

openSession({
  policy,
  selects: ({ name, clauses }) => fits(settings.only, [name, ...clauses]),
  judgementsOf: invariant => judge(invariant, snapshot, policy),
  run: drill => Promise.reject(new Error(`${drill.name} is a drill: its spec belongs into specs/chaos`)),
  explain,
})
