// Drills that take a real node away: a restart with a new API port, a flannel that starts anew, a
// killed container, a silent kubelet.
import { describe, expect, test } from 'vitest'
import { endOf, healed } from './healed.ts'
import { stageOn } from './stage.ts'

const stage = await stageOn('restarted')

describe('a drill that takes a real node away, under the role that is printed for it alone', () => {
  test.for([
    'api-port-drifts',
    'flannel-loses-its-subnet',
    'node-container-killed',
    'kubelet-falls-silent',
  ])('%s', async (name, { skip }) => {
    expect(await endOf(stage, name, skip)).toEqual(healed)
  })
})
