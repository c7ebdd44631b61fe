// The replay command repeats every flag that changes a drill.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readArguments } from '#src/cli/arguments.ts'
import { lineInWords } from '#tests/project/shell-line.ts'
import { replayFlags } from '#src/runs/replay.ts'
import { settingsFrom, type Settings } from '#src/runs/settings.ts'

/** Words that a user may give: a name, or a path with a space. */
const word = fc.stringMatching(/^[a-z][a-z0-9 ./-]{0,12}[a-z0-9]$/)
const words = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z-]{1,8}[a-z]$/), { maxLength: 3 })

const drillSettings = fc.record({
  cluster: word,
  target: fc.constantFrom('lab', 'container', 'live'),
  seed: fc.nat(2 ** 32 - 1),
  after: words,
  on: fc.option(word, { nil: undefined }),
  allowedGuards: fc.subarray(['replica-share', 'last-replica'] as const),
  disabledFixes: words,
})

/** The parts of settings that change a drill. */
function relevant({ cluster, target, seed, after, on, allowedGuards, disabledFixes }: Settings) {
  const chance = target === 'lab' ? { seed } : {}
  return { cluster, target, after, on, allowedGuards, disabledFixes, ...chance }
}

describe('the replay command', () => {
  test('read again, gives the settings of its run', () => {
    fc.assert(
      fc.property(drillSettings, chosen => {
        // --after works on the lab only.
        const after = chosen.target === 'lab' ? chosen.after : []
        const settings: Settings = { ...settingsFrom({}), ...chosen, after }
        const command = `holdfast drill image-missing ${replayFlags(settings).join(' ')}`
        const read = readArguments(lineInWords(command).words.slice(1), {})
        expect(read === undefined ? undefined : relevant(read.settings)).toEqual(relevant(settings))
      }),
      { numRuns: 300 },
    )
  })

  test('leaves flags out that have their default', () => {
    expect(replayFlags(settingsFrom({}))).toEqual(['--target', 'lab', '--seed', '1'])
    expect(replayFlags(settingsFrom({ HOLDFAST_TARGET: 'live' }))).toEqual(['--target', 'live'])
  })
})
