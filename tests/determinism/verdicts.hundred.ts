// The verdicts on a healthy world are the same for a hundred seeds.
import { expect, test } from 'vitest'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import { invariants } from '#specs/invariants/index.ts'
import { newLab, policy } from '#tests/drills/stage.ts'

const verdicts = async (seed: number): Promise<string> =>
  JSON.stringify((await evaluate(invariants, newLab(seed).runtime, policy)).judgements)

test('the verdicts on a healthy world are the same with every seed', async () => {
  const first = await verdicts(1)
  for (let seed = 2; seed <= 100; seed += 1)
    expect({ seed, verdicts: await verdicts(seed) }).toEqual({ seed, verdicts: first })
})
