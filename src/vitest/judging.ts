// Judges invariant specs: settings from the environment, the policy, and one snapshot. Loaded once
// per thread. It imports no spec: vitest would take that for the run of the spec.
import { isSelected } from '#src/runs/selection.ts'
import { env } from 'node:process'
import { judge } from '#src/engine/evaluate/judge.ts'
import { messagesOfJudgements } from '#src/reporting/allure/messages.ts'
import { attachSnapshot, failureOf, send, testIn } from './allure.ts'
import type { Session } from './session.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { lookVariable, settingsFrom } from '#src/runs/settings.ts'
import { readSnapshot } from '#src/runs/evidence/snapshot.ts'

const settings = settingsFrom()
const policy = await loadPolicy(settings.cluster)
const file = settings.snapshot ?? env[lookVariable]
if (file === undefined)
  throw new Error(
    `${lookVariable} is not set: src/vitest/global-setup.ts sets it before the specs run`,
  )
const snapshot = readSnapshot(file, policy)
const run = { policy, target: settings.target, seed: settings.seed }

export const judging: Session = {
  policy,
  selects: ({ kind, name }) => isSelected(settings.only, policy, kind, name),
  judgementsOf: invariant => judge(invariant, snapshot, policy),
  run: drill =>
    Promise.reject(new Error(`${drill.name} is a drill: its spec belongs in specs/chaos`)),
  failure: failureOf,
  describe(found, { title, file: spec }) {
    attachSnapshot(file)
    if (!('result' in found))
      send(() => messagesOfJudgements(found, testIn(spec, title), run, snapshot.endedAt))
  },
}
