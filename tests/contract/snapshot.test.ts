// A snapshot on disk: specs judge the saved one, so it must keep everything that a judge reads.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import type { Answer, Snapshot } from '#src/model/index.ts'
import { identity } from '#helpers/kubernetes/access.ts'
import { tlsVerifies } from '#specs/invariants/endpoints.spec.ts'
import { newLab, policy } from '#tests/drills/stage.ts'
import { readSnapshot, saveSnapshot, snapshotIn } from '#src/runs/evidence/snapshot.ts'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-snapshot-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a saved snapshot is read back with every member of its answers', async () => {
  const { snapshot } = await evaluate([tlsVerifies], newLab().runtime, policy)
  const asked = { description: 'read the identity', origin: 'API', at: 1, tookMs: 2 }
  const untrusted: Answer<unknown> = {
    ...asked,
    kind: 'unknown',
    why: 'its certificate is of another authority',
    failure: 'tls',
    raw: 'all that was printed',
  }
  const whole: Snapshot = {
    ...snapshot,
    answers: { ...snapshot.answers, [identity.key]: untrusted },
  }
  saveSnapshot(snapshotIn(folder), whole, policy)
  expect(readSnapshot(snapshotIn(folder), policy)).toEqual(JSON.parse(JSON.stringify(whole)))
})
