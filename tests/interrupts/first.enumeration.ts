// kill -9 at every step of every drill, then a new start: the world is as before, and the journal
// is closed.
import { expect, test } from 'vitest'
import { onJoelclaw } from '#tests/drills/stage.ts'
import { dieAt, faultsOf, pointsIn } from './judged.ts'

test.for(onJoelclaw)(
  '$name: dies at every step that writes, from its preparation to its end',
  async drill => {
    const { end, wrong } = await faultsOf('nobody dies', { drill })
    expect(wrong).toEqual([])
    const deaths = pointsIn(end, 'prepare', 'inject', 'watch', 'heal', 'judge', 'undo')
    const died = await dieAt({ drill }, end, deaths)
    expect(died.wrong).toEqual([])
    // A drill records, copies, injects, undoes and closes. Fewer points would mean that the
    // enumeration missed some.
    expect(died.points).toBeGreaterThanOrEqual(15)
  },
)

test.for(onJoelclaw)(
  '$name: is stopped once everything is injected, and dies at every step of its undo',
  async drill => {
    const { end, wrong } = await faultsOf('stopped', { drill, stopped: true })
    expect(wrong).toEqual([])
    const deaths = pointsIn(end, 'judge', 'undo')
    const died = await dieAt({ drill, stopped: true }, end, deaths, 'stopped, ')
    expect(died.wrong).toEqual([])
    expect(died.points).toBeGreaterThanOrEqual(5)
  },
)
