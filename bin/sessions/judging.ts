// What invariant specs judge with: settings from the environment, the policy, and the one snapshot. Made once in a thread.
// It imports no spec: vitest would take that for the run of the spec itself.
import { env } from 'node:process'
import { judge } from '../../helpers/judge/judge.ts'
import { explain } from '../../helpers/report/message.ts'
import type { Session } from '../../helpers/session.ts'
import { loadPolicy } from '../clusters.ts'
import { fits, lookVariable, settingsFrom } from '../settings.ts'
import { readSnapshot } from '../snapshot.ts'

const settings = settingsFrom()
const policy = await loadPolicy(settings.cluster)
const file = settings.snapshot ?? env[lookVariable]
if (file === undefined) throw new Error(`${lookVariable} is not set: bin/sessions/look.ts sets it before the specs run`)
const snapshot = readSnapshot(file, policy)

export const judging: Session = {
  policy,
  selects: ({ name, clauses }) => fits(settings.only, [name, ...clauses]),
  judgementsOf: invariant => judge(invariant, snapshot, policy),
  run: drill => Promise.reject(new Error(`${drill.name} is a drill: its spec belongs into specs/chaos`)),
  explain,
}
