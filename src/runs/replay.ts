// The flags that repeat a drill of a run: everything that changes its history.
import { environmentOf, settingsFrom, type Settings } from './settings.ts'

/** A word as a POSIX shell reads it back. @source POSIX shells, quoting */
const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`

/** Flags of the drill verb, in the order of the command, with the variables of the same meaning. */
const flags = [
  'cluster',
  'target',
  'seed',
  'after',
  'on',
  'allow',
  'disable',
  'journal',
  'no-recover',
  'reuse',
] as const
type ReplayFlag = (typeof flags)[number]

/** Flags without a value: on if they are there. */
const toggles: ReadonlySet<ReplayFlag> = new Set(['no-recover', 'reuse'])

const variableOf = (flag: ReplayFlag): string =>
  `HOLDFAST_${flag.toUpperCase().replaceAll('-', '_')}`

/**
 * The flags with which `holdfast drill` repeats a drill that ran with these settings, as words of a
 * shell. The target is always named, the seed only on the lab: elsewhere chance is real. Other
 * flags are named unless they have their default.
 */
export function replayFlags(settings: Settings): readonly string[] {
  const written = environmentOf(settings)
  const usual = environmentOf(settingsFrom({ HOLDFAST_TARGET: settings.target }))
  return flags
    .filter(flag => flag !== 'seed' || settings.target === 'lab')
    .filter(flag => {
      const value = written[variableOf(flag)] ?? ''
      if (flag === 'target' || flag === 'seed') return true
      return value !== '' && value !== usual[variableOf(flag)]
    })
    .flatMap(flag =>
      toggles.has(flag) ? [`--${flag}`] : [`--${flag}`, shellWord(written[variableOf(flag)] ?? '')],
    )
}
