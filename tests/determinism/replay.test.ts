// The same seed gives the same history, event by event, even beside another world. Another seed
// gives another history.
import { describe, expect, test } from 'vitest'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import { invariants } from '#specs/invariants/index.ts'
import { drillOf, newLab, policy, runIn } from '#tests/drills/stage.ts'

const text = async (name: string, seed: number): Promise<string> =>
  JSON.stringify(await runIn(newLab(seed), drillOf(name)))
const seen = async (seed: number): Promise<string> =>
  JSON.stringify(await evaluate(invariants, newLab(seed).runtime, policy))

describe('the same seed', () => {
  test.for(['colima-zombie', 'flannel-crash-loops-without-br-netfilter', 'typesense-hangs'])(
    '%s: the same result, byte for byte',
    async name => {
      expect(await text(name, 7)).toBe(await text(name, 7))
    },
  )

  test('two worlds at the same time do not affect each other', async () => {
    const alone = [
      await text('node-comes-back-tainted', 7),
      await text('node-comes-back-cordoned', 8),
    ]
    expect(
      await Promise.all([text('node-comes-back-tainted', 7), text('node-comes-back-cordoned', 8)]),
    ).toEqual(alone)
  })

  test('an evaluation has the same answers and verdicts, byte for byte', async () => {
    expect(await seen(7)).toBe(await seen(7))
  })

  test('a second evaluation of a world gives the same verdicts', async () => {
    const { runtime } = newLab(7)
    const [first, second] = [
      await evaluate(invariants, runtime, policy),
      await evaluate(invariants, runtime, policy),
    ]
    expect(second.judgements).toEqual(first.judgements)
  })
})

describe('another seed', () => {
  test('is another history', async () => {
    expect(await text('flannel-pod-killed', 8)).not.toBe(await text('flannel-pod-killed', 7))
    expect(await seen(8)).not.toBe(await seen(7))
  })

  // A hundred of them: npm run test:seeds.
  test('gives the same verdicts on a healthy world', async () => {
    const verdicts = async (seed: number): Promise<string> =>
      JSON.stringify((await evaluate(invariants, newLab(seed).runtime, policy)).judgements)
    const first = await verdicts(1)
    for (let seed = 2; seed <= 5; seed += 1)
      expect({ seed, verdicts: await verdicts(seed) }).toEqual({ seed, verdicts: first })
  })
})
