// Compares the lab with a live node, and the recording with that node: npm run test:fidelity. Needs
// Docker and a kubectl.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { commands } from './commands/index.ts'
import { differences, type Difference } from './compare.ts'
import { explained } from './explain.ts'
import { play, type Said } from './play.ts'
import { reasons } from './reasons.ts'
import { recorded } from './recording.ts'
import { servedSandbox } from './worlds.ts'

/** The version that the recorded program reported. */
const clientOf = (said: readonly Said[]): string | undefined =>
  said.flatMap(({ stdout }) => /^Client Version: (\S+)/m.exec(stdout)?.[1] ?? [])[0]

describe('the same commands', () => {
  let lab: readonly Difference[] = []
  let recording: readonly Difference[] = []
  let client: string | undefined
  const ends: (() => Promise<void>)[] = []
  beforeAll(async () => {
    const stage = inject('realNode')
    const real = await play(stage, commands)
    const served = await servedSandbox(stage.kubectl)
    ends.push(served.stop)
    lab = differences(real, await play(served.stage, commands))
    recording = differences(recorded(), real)
    client = clientOf(real)
  }, 1_800_000)
  afterAll(async () => {
    for (const end of ends) await end()
  }, 120_000)

  test.each(commands)('$id: kubectl $line', ({ id }) => {
    expect(
      explained(
        lab.filter(difference => difference.id === id),
        reasons,
      ).filter(({ reason }) => reason === undefined),
    ).toEqual([])
  })

  test('the recording still matches a live node', ({ skip }) => {
    const then = clientOf(recorded())
    // kubectl itself formats its output, so another version may print other text.
    if (client !== then) skip(`the recording was made with kubectl ${then}, this is ${client}`)
    expect(recording).toEqual([])
  })
})
