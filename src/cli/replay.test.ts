// The replay command repeats every flag that changes a drill.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readArguments } from '#src/cli/arguments.ts'
import { commands } from '#src/cli/commands.ts'
import type { FlagName } from '#src/cli/flags.ts'
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
  journal: fc.constantFrom('cluster', 'local'),
  recover: fc.boolean(),
  reuse: fc.boolean(),
})

/** Flags of the drill verb that do not change what a drill does, each with the reason. */
const withoutEffect: Partial<Record<FlagName, string>> = {
  reports: 'says where the report goes',
  keep: 'says what is left when the drill has ended',
  only: 'selects drills; the command names its drill',
  yes: 'is consent, which a person gives anew each time',
  'dry-run': 'injects nothing',
  format: 'shapes the report',
  json: 'shapes the report',
  full: 'shapes the report',
}

/** The parts of settings that change a drill. */
function relevant({ keep: _keep, seed, ...settings }: Settings) {
  return settings.target === 'lab' ? { ...settings, seed } : settings
}

describe('the replay command', () => {
  test('read again, gives the settings of its run', () => {
    fc.assert(
      fc.property(drillSettings, chosen => {
        // --after works on the lab only.
        const after = chosen.target === 'lab' ? chosen.after : []
        // --reuse works in a container only.
        const reuse = chosen.target === 'container' && chosen.reuse
        const settings: Settings = { ...settingsFrom({}), ...chosen, after, reuse }
        const command = `holdfast drill image-missing ${replayFlags(settings).join(' ')}`
        const read = readArguments(lineInWords(command).words.slice(1), {})
        expect(read === undefined ? undefined : relevant(read.settings)).toEqual(relevant(settings))
      }),
      { numRuns: 300 },
    )
  })

  test('repeats each flag of the drill verb, or the flag has no effect on a drill', () => {
    const everything: Settings = {
      ...settingsFrom({}),
      cluster: 'sandbox',
      target: 'lab',
      seed: 7,
      after: ['image-missing'],
      on: 'worker',
      allowedGuards: ['last-replica'],
      disabledFixes: ['uncordon'],
      journal: 'local',
      recover: false,
      reuse: true,
    }
    const repeated = replayFlags(everything)
      .filter(word => word.startsWith('--'))
      .map(word => word.slice('--'.length))
    const expected = commands.drill.flags.filter(flag => !(flag in withoutEffect))
    expect(repeated.toSorted()).toEqual(expected.toSorted())
  })

  test('leaves flags out that have their default', () => {
    expect(replayFlags(settingsFrom({}))).toEqual(['--target', 'lab', '--seed', '1'])
    expect(replayFlags(settingsFrom({ HOLDFAST_TARGET: 'live' }))).toEqual(['--target', 'live'])
  })
})
