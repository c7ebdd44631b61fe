// One seed gives one history: the same words at the same times, also beside another world, and
// another history for another seed.
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

  test('two worlds at the same time do not hear each other', async () => {
    const alone = [
      await text('node-comes-back-tainted', 7),
      await text('node-comes-back-cordoned', 8),
    ]
    expect(
      await Promise.all([text('node-comes-back-tainted', 7), text('node-comes-back-cordoned', 8)]),
    ).toEqual(alone)
  })

  test('a look: the same answers and the same judgements, byte for byte', async () => {
    expect(await seen(7)).toBe(await seen(7))
  })

  test('a world does not change by being looked at twice: verdicts are the same', async () => {
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
