// Two processes start a drill on the same real node, fifty times. Exactly one drills. The test
// kills it, and the other process undoes its faults and then drills.
import { describe, expect, test } from 'vitest'
import { differsFrom, facts, openInCluster } from './facts.ts'
import type { Running } from '#tests/project/running.ts'
import { holdfast, kill, openAfterTidying, refused, until, type Machine } from './processes.ts'

const before = await facts()

/** One request to inject and one to undo, so that no pod has to recover between two rounds. */
const scenario = 'pds-nodeport-reset'
const injects = '· inject · set the NodePort'
const oneAtATime = 'one-at-a-time: '
const atWork = 'Another holdfast is at work'

/** Rounds of one test; five tests make fifty rounds. */
const rounds = Array.from({ length: 10 }, (_, index) => index)

/**
 * Starts two processes at once and returns the one that injects and the other one. On a busy host
 * the guards of both may time out; then it starts both again.
 */
async function compete(
  machines: readonly [Machine, Machine],
): Promise<{ holder: Running; loser: Running; next: Machine }> {
  for (;;) {
    const both = [
      holdfast(['drill', scenario], machines[0]),
      holdfast(['drill', scenario], machines[1]),
    ] as const
    const first = await Promise.any(
      both.map(async (running, index) => {
        await running.saying(injects)
        return index
      }),
    ).catch(() => undefined)
    if (first !== undefined)
      return first === 0
        ? { holder: both[0], loser: both[1], next: machines[1] }
        : { holder: both[1], loser: both[0], next: machines[0] }
    expect(await Promise.all(both.map(async ({ ended }) => (await ended).code))).toEqual([
      refused,
      refused,
    ])
  }
}

/**
 * Whether a process reported that another one is at work. The guards and the lock both report this
 * in words.
 */
const wasRefused = ({ code, said }: Awaited<Running['ended']>): boolean =>
  code === refused && (said.includes(oneAtATime) || said.includes(atWork))

describe.for([0, 1, 2, 3, 4])('series %i', series => {
  // A process on another machine has to wait until the dead process's lease expires. One such wait
  // in ten rounds is enough.
  test.for(rounds)(`round ${series}%i`, async round => {
    const other: Machine = round === 9 ? 'other' : 'one'
    const { holder, loser, next: machine } = await compete(['one', other])
    // The moment of the kill differs: during the request, after it, and while the drill watches.
    await until(holder, { text: injects, after: round * 20 })
    const lost = await loser.ended
    await kill(holder)
    expect([lost.code, wasRefused(lost), lost.said.includes(injects)]).toEqual([4, true, false])

    const next = holdfast(['drill', scenario], machine)
    await next.saying(`undoing what ${scenario}`)
    await next.saying('undone: set the NodePort')
    // The process that took over must release the lock, even if its own guards timed out.
    const taken = await next.saying(injects).then(
      () => true,
      () => false,
    )
    next.child.kill('SIGTERM')
    const end = await next.ended
    expect([
      end.code,
      taken ? end.said.indexOf('undone: set the NodePort') < end.said.indexOf(injects) : false,
    ]).toEqual(taken ? [143, true] : [refused, false])
    expect([await differsFrom(before), await openAfterTidying(openInCluster)]).toEqual([[], []])
  })
})
