// One whole drill on a real Colima: a clean restart, with a container behind a published port as
// the service that users miss.
import { eventText } from '#src/reporting/sentences.ts'
import { beforeAll, expect, test } from 'vitest'
import { guarded } from '#helpers/forbidden/forbidden.ts'
import { faults } from '#helpers/faults.ts'
import { signals } from '#helpers/kubernetes/signals.ts'
import { runDrill } from '#src/engine/drill/drill.ts'
import { memoryJournal } from '#src/engine/journal/journal.ts'
import { colimaRestarts } from '#specs/chaos/restart-colima.spec.ts'
import { portsAnswer } from '#specs/invariants/exposure.spec.ts'
import { colimaTellsTheTruth, containersKeepTheirSettings } from '#specs/invariants/host.spec.ts'
import { answer, daemon, runtime, up } from './machine.ts'
import { policy, service } from './policy.ts'

beforeAll(up)

test('restart-colima: the service goes, returns by itself, and every container, too', async () => {
  const before = await daemon().inspect(service.container)
  const result = await runDrill(
    {
      ...colimaRestarts,
      steadyState: [colimaTellsTheTruth, containersKeepTheirSettings, portsAnswer],
      always: [],
      breaks: [{ invariant: portsAnswer, within: '30 s' }],
      healer: 'holdfast',
      stability: '30 s',
    },
    {
      runtime: guarded(runtime),
      policy,
      faults,
      signals: signals.filter(({ milestone }) => milestone === 'service answering'),
      journal: memoryJournal(),
      heard: ({ phase, event }) => void process.stderr.write(`${phase} · ${eventText(event)}\n`),
    },
  )
  const { outcome, misses, milestones } = result
  process.stderr.write(`${JSON.stringify({ outcome, misses, milestones }, null, 1)}\n`)
  expect({
    outcome: result.outcome,
    misses: result.misses,
    unknown: result.unknown,
    leftBehind: result.leftBehind,
  }).toEqual({
    outcome: expect.objectContaining({
      kind: expect.stringMatching(/^healed-by-/) as string,
    }) as object,
    misses: [],
    unknown: [],
    leftBehind: [],
  })
  // The service started twice. The milestone is from the second start, when the command was over.
  const [injected, answering] = ['injected', 'service answering'].map(name =>
    result.milestones.find(({ milestone }) => milestone === name),
  )
  expect((answering?.after ?? 0) - (injected?.by ?? Number.NaN)).toBeGreaterThan(0)
  expect(await answer()).toBe(service.description)
  const { id, startedAt } = await daemon().inspect(service.container)
  expect([id, startedAt > before.startedAt]).toEqual([before.id, true])
})
