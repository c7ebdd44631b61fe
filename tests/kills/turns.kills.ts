// Two processes want the same real node, fifty times: exactly one drills; it is killed, and the other one undoes what it did, then takes over.
import { describe, expect, test } from 'vitest'
import { differsFrom, facts, openInCluster } from './facts.ts'
import { holdfast, kill, openHere, run, until, type Machine, type Running } from './processes.ts'

const before = await facts()

/** One request to inject and one to undo: no pod has to come back between two rounds. */
const scenario = 'pds-nodeport-reset'
const injects = '· inject · set the NodePort'
const refused = 'one-at-a-time: '
const atWork = 'Another holdfast is at work'

/** Rounds of one test: five of them are fifty. */
const rounds = Array.from({ length: 10 }, (_, index) => index)

/** The first of two that injects; rejects when both end without. */
async function firstToInject(both: readonly [Running, Running]): Promise<Running> {
  return Promise.any(both.map(async running => {
    await running.saying(injects)
    return running
  }))
}

/** Whether a process was told that somebody else is at work; both say so in words, before the lock and at it. */
const wasRefused = ({ code, said }: Awaited<Running['ended']>): boolean => code === 4 && (said.includes(refused) || said.includes(atWork))

describe.for([0, 1, 2, 3, 4])('series %i', series => {
  // A machine that does not know the dead has to see that their lease is not renewed: once in ten rounds is enough of waiting.
  test.for(rounds)(`round ${series}%i`, async round => {
    const other: Machine = round === 9 ? 'other' : 'one'
    const both = [holdfast(['drill', scenario]), holdfast(['drill', scenario], other)] as const
    const holder = await firstToInject(both)
    const loser = both[0] === holder ? both[1] : both[0]
    // Killed at another moment each time: in the middle of the request, after it, while it watches.
    await until(holder, { text: injects, after: round * 20 })
    const lost = await loser.ended
    await kill(holder)
    expect([lost.code, wasRefused(lost), lost.said.includes(injects)]).toEqual([4, true, false])

    const next = holdfast(['drill', scenario], both[0] === holder ? other : 'one')
    await next.saying(`undoing what ${scenario}`)
    await next.saying('undone: set the NodePort')
    await next.saying(injects)
    next.child.kill('SIGTERM')
    const end = await next.ended
    expect([end.code, end.said.indexOf('undone: set the NodePort') < end.said.indexOf(injects)]).toEqual([143, true])
    const tidied = openHere().length + (await openInCluster()).length === 0 ? 0 : (await run(['undo'], 'one')).code
    expect([tidied, await differsFrom(before), openHere(), await openInCluster()]).toEqual([0, [], [], []])
  })
})
