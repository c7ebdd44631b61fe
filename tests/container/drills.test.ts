// The drills on a real node: the incidents are real there, and so is the recovery.
import { describe, expect, test } from 'vitest'
import { findingsOf } from '../../helpers/judge/judge.ts'
import { bad, policy, reach, run, runInRole } from './stage.ts'

/** In the order of the harm: what restarts the node comes last. */
const names = [
  'node-comes-back-tainted', 'node-comes-back-cordoned', 'pds-nodeport-reset', 'image-missing', 'flannel-pod-killed', 'redis-dies-while-writing',
  'typesense-hangs-unnoticed', 'typesense-hangs', 'node-container-paused', 'api-port-drifts', 'flannel-loses-its-subnet', 'node-container-killed', 'kubelet-falls-silent',
] as const

describe('a drill on a real node, under the role that is printed for it alone', () => {
  test.for(names)('%s', async (name, { skip }) => {
    const result = await runInRole(name)
    // A node of another make may not have what a drill is about, such as flannel as a DaemonSet.
    if (result.outcome.kind === 'not-applicable') skip(result.outcome.why)
    expect({ misses: result.misses, unknown: result.unknown, leftBehind: result.leftBehind, outcome: result.outcome }).toEqual({
      misses: [], unknown: [], leftBehind: [], outcome: expect.objectContaining({ kind: expect.stringMatching(/^healed-by-/) as string }) as object,
    })
    expect(await bad()).toEqual([])
  })

  test('is red without its healer, and undone all the same', async () => {
    const result = await run('node-comes-back-tainted', { giveUp: '15 s' }, { disabled: new Set(['remove-control-plane-taint']) })
    expect(result.outcome.kind).toBe('not-healed')
    expect(result.leftBehind).toEqual([])
    expect(await bad()).toEqual([])
  })

  test('counts the acknowledged writes that are gone', async () => {
    const { ledger } = policy.cast.writing!
    const port = policy.ports.find(({ name }) => name === 'redis')!.host
    await reach.files.write(ledger, JSON.stringify({ run: 'never-written', port, acknowledged: [1, 2, 3] }))
    try {
      expect((await bad()).map(({ invariant, verdict }) => [invariant, findingsOf(verdict).map(({ code, seen }) => `${code}: ${seen}`)])).toEqual([
        ['acknowledged-writes-are-kept', ['acknowledged-write-lost: 3 of 3 acknowledged writes are gone']],
      ])
    } finally {
      await reach.files.remove(ledger)
    }
  })

  test('of something that this node has not is not applicable', async () => {
    expect((await run('restart-colima')).outcome).toEqual({ kind: 'not-applicable', why: 'the node runs in the Docker of this host, without Colima' })
  })
})
