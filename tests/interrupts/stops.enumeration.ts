// A signal in every kind of activity of every drill: the undo begins within 2 s and completes, and
// the drill reports that it was aborted.
import { expect, test } from 'vitest'
import { onJoelclaw } from '#tests/drills/stage.ts'
import { stopAt } from './stops.ts'

test.for(onJoelclaw)(
  '$name: a signal at the first of each request, command, question, wait and line of the journal',
  async drill => {
    const { points, wrong } = await stopAt(
      drill,
      ({ kind, what, writes }) =>
        `${kind} ${String(writes)} ${what.split(' ').slice(0, 3).join(' ')}`,
    )
    expect(wrong).toEqual([])
    expect(points).toBeGreaterThanOrEqual(50)
  },
)
