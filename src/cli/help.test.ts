// The help of every verb, as a terminal shows it: short, with examples, and with the flags that the
// verb reads.
import { describe, expect, test } from 'vitest'
import { UsageError } from '#src/runs/settings.ts'
import { holdfasts } from '#tests/project/process.ts'
import { readArguments } from './arguments.ts'
import { verbs, type VerbName } from './commands.ts'
import { flagOf, flags, type FlagName } from './flags.ts'

/** A verb, and the word without which it does nothing. */
const lines: readonly (readonly [line: string, verb: VerbName])[] = [
  ...verbs.map(verb => [verb, verb] as const),
  ['lab serve', 'lab'],
]
const asked = holdfasts(lines.map(([line]) => [...line.split(' '), '--help']))

/** Flags in the table of a help text: its lines that begin with a dash. */
const listed = (help: string): readonly string[] =>
  [...help.matchAll(/^ +(?:-\w, )?--([\w-]+)/gm)].map(match => match[1] ?? '')

/** Whether the verb takes a flag. It may refuse the value `x`, but then it has read the flag. */
function takes(verb: VerbName, name: FlagName): boolean {
  const value = flagOf(name).value === undefined ? [] : ['x']
  try {
    readArguments([verb, `--${name}`, ...value], {})
    return true
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return !error.message.startsWith(`Unknown flag --${name} for holdfast ${verb}.`)
  }
}

describe.each(lines.map(([line, verb], at) => ({ line, verb, at })))(
  'holdfast $line --help',
  ({ verb, at }) => {
    test('prints at most 30 lines to stdout, and nothing else', async () => {
      const { code, stdout, stderr } = (await asked)[at]!
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const count = stdout.trimEnd().split('\n').length
      expect(count).toBeGreaterThan(3)
      expect(count).toBeLessThanOrEqual(30)
    })

    test('shows an example that can be typed as it stands', async () => {
      const { stdout } = (await asked)[at]!
      const examples = (stdout.split('\nExamples\n')[1] ?? '').split('\n').map(line => line.trim())
      expect(examples.filter(line => line.startsWith(`holdfast ${verb}`))).not.toEqual([])
    })

    test('lists every flag that the verb takes, and no other', async () => {
      const { stdout } = (await asked)[at]!
      const taken = (Object.keys(flags) as FlagName[]).filter(name => takes(verb, name))
      // Every verb takes --help, which the general help explains.
      expect(listed(stdout).toSorted()).toEqual(taken.filter(name => name !== 'help').toSorted())
    })
  },
)

test('who leaves the first of two words out is told the whole', async () => {
  const [serve] = await holdfasts([['serve', '--help']])
  expect(serve).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('Did you mean “lab serve”?'),
  })
})
