// Kills the start that undoes at every step, or makes one of its steps fail. The start after it
// completes the undo.
import { expect, test } from 'vitest'
import { onJoelclaw } from '#tests/drills/stage.ts'
import { faultsOf, pointsIn } from './judged.ts'
import { failuresOf, inWords, pointsOf } from './points.ts'
import { play } from './runs.ts'

test.for(onJoelclaw)(
  '$name: dies once something is noted, and the start after it dies at every step, or fails at it',
  async drill => {
    const whole = await play({ drill })
    // What a start does depends on the world and the journal, and only writes change these. The
    // points after each write are therefore enough.
    const firsts = pointsIn(whole, 'prepare', 'inject').filter(
      ({ how }) => how === 'during' || how === 'after',
    )
    const wrong: string[] = []
    let points = 0
    for (const death of firsts) {
      const [steps = [], next = []] = (await play({ drill, death })).steps
      for (const second of [...pointsOf(next), ...failuresOf(next)]) {
        points += 1
        const where = `${inWords(steps, death)}; then ${inWords(next, second)}`
        const { end, wrong: found } = await faultsOf(where, {
          drill,
          death,
          starts: [second, undefined],
        })
        wrong.push(...found)
        // The start reported its failure, or the failure had no effect and the next start found
        // nothing to undo.
        if (second.how === 'fails' && end.remains[0]?.length === 0 && end.remains[1]?.length !== 0)
          wrong.push(`${where}: it failed in silence`)
      }
    }
    expect(wrong).toEqual([])
    expect(points).toBeGreaterThanOrEqual(firsts.length)
  },
)
