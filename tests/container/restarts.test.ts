// Drills that restart a real node: its API port drifts, its flannel has to begin anew, its container is killed.
import { describe, expect, test } from 'vitest'
import { endOf, healed } from './healed.ts'
import { stageOn } from './stage.ts'

const stage = await stageOn('restarted')

describe('a drill that restarts a real node, under the role that is printed for it alone', () => {
  test.for(['api-port-drifts', 'flannel-loses-its-subnet', 'node-container-killed'])('%s', async (name, { skip }) => {
    expect(await endOf(stage, name, skip)).toEqual(healed)
  })
})
