// Two processes want the same real node, fifty times: exactly one drills; it is killed, and the
// other one undoes what it did, then takes over.
import { describe, expect, test } from 'vitest'
import { differsFrom, facts, openInCluster } from './facts.ts'
import type { Running } from '#tests/project/running.ts'
import { holdfast, kill, openAfterTidying, refused, until, type Machine } from './processes.ts'

const before = await facts()

/** One request to inject and one to undo: no pod has to come back between two rounds. */
const scenario = 'pds-nodeport-reset'
const injects = '· inject · set the NodePort'
const oneAtATime = 'one-at-a-time: '
const atWork = 'Another holdfast is at work'

/** Rounds of one test: five of them are fifty. */
const rounds = Array.from({ length: 10 }, (_, index) => index)

/**
 * Two at once: the one that injects, and the other. Where a host is so busy that the guards of both
 * cannot see in time, once more.
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
 * Whether a process was told that somebody else is at work; both say so in words, before the lock
 * and at it.
 */
const wasRefused = ({ code, said }: Awaited<Running['ended']>): boolean =>
  code === refused && (said.includes(oneAtATime) || said.includes(atWork))

describe.for([0, 1, 2, 3, 4])('series %i', series => {
  // A machine that does not know the dead has to see that their lease is not renewed: once in ten
  // rounds is enough of waiting.
  test.for(rounds)(`round ${series}%i`, async round => {
    const other: Machine = round === 9 ? 'other' : 'one'
    const { holder, loser, next: machine } = await compete(['one', other])
    // Killed at another moment each time: in the middle of the request, after it, while it watches.
    await until(holder, { text: injects, after: round * 20 })
    const lost = await loser.ended
    await kill(holder)
    expect([lost.code, wasRefused(lost), lost.said.includes(injects)]).toEqual([4, true, false])

    const next = holdfast(['drill', scenario], machine)
    await next.saying(`undoing what ${scenario}`)
    await next.saying('undone: set the NodePort')
    // What it has taken over it has to give back, whether its own guards could see in time or not.
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
