// The command line as data: what is read from it, and the message for what is none.
import { nearest } from '#src/runs/nearest.ts'
import { describe, expect, test } from 'vitest'
import { lineInWords } from '#tests/project/shell-line.ts'
import { readArguments, verbs, type VerbName } from './arguments.ts'
import { generalHelp, verbHelp } from './help.ts'
import { UsageError } from '#src/runs/settings.ts'

const read = (...argv: string[]) => readArguments(argv, {})
const mistake = (...argv: string[]): string => {
  try {
    read(...argv)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  return 'no mistake'
}

describe('readArguments', () => {
  test('reads a verb, its words and its flags', () => {
    expect(
      read(
        'drill',
        'restart-colima',
        'flannel-*',
        '--seed',
        '7',
        '--json',
        '--disable',
        'uncordon,cycle-colima',
        '--yes',
      ),
    ).toEqual({
      verb: 'drill',
      words: ['restart-colima', 'flannel-*'],
      help: false,
      json: true,
      full: false,
      apply: false,
      yes: true,
      open: false,
      dryRun: false,
      drills: undefined,
      settings: {
        cluster: 'joelclaw',
        target: 'lab',
        seed: 7,
        only: undefined,
        reports: 'reports',
        snapshot: undefined,
        disabledFixes: ['uncordon', 'cycle-colima'],
        after: [],
        allowedGuards: [],
        drills: [],
        keep: false,
        reuse: false,
        recover: true,
        journal: 'cluster',
        node: undefined,
      },
    })
  })

  test('a flag that is given several times counts each time', () => {
    expect(
      read('drill', '--allow', 'last-replica', '--allow', 'window', '--dry-run'),
    ).toMatchObject({ dryRun: true, settings: { allowedGuards: ['last-replica', 'window'] } })
  })

  test.each([[[]], [['--help']], [['-h']], [['help']]])(
    '%j is a wish for the general help',
    argv => {
      expect(readArguments(argv, {})).toBeUndefined()
    },
  )

  test.each(verbs)('%s --help is a wish for its own', verb => {
    expect(read(verb, '--help')).toMatchObject({ verb, help: true })
    expect(read(verb, '-h')).toMatchObject({ verb, help: true })
  })

  test('a flag counts more than the environment', () => {
    const environment = { HOLDFAST_SEED: '3', HOLDFAST_CLUSTER: 'tazlab' }
    expect(readArguments(['check', '--seed', '4'], environment)?.settings).toMatchObject({
      seed: 4,
      cluster: 'tazlab',
    })
  })

  test('what is wrong is named, with what would be right', () => {
    expect([
      mistake('nigtly'),
      mistake('frobnicate'),
      mistake('check', '--snapshots', 'x'),
      mistake('check', '--apply'),
      mistake('check', '--seed'),
      mistake('gate', '.', '--cluster', ''),
      mistake('drill', 'x', '--allow', 'window', '--allow='),
      mistake('check', 'probes.liveness'),
      mistake('check', '--given', 'x', '--target', 'live'),
      mistake('list', '-x'),
    ]).toMatchInlineSnapshot(`
      [
        "There is no verb “nigtly”. Did you mean “nightly”? Verbs are check, drill, heal, nightly, gate, list, explain, report, undo, status, stop, rbac, lab; holdfast --help explains.",
        "There is no verb “frobnicate”. Verbs are check, drill, heal, nightly, gate, list, explain, report, undo, status, stop, rbac, lab; holdfast --help explains.",
        "“--snapshots” is no flag of holdfast check. Did you mean “--snapshot”? holdfast check --help lists its flags.",
        "“--apply” is no flag of holdfast check. holdfast check --help lists its flags.",
        "Option '--seed <value>' argument missing. holdfast check --help lists its flags.",
        "--cluster is empty: is a variable behind it not set? Name what is meant, or leave the flag out for its default.",
        "--allow is empty: is a variable behind it not set? Name what is meant, or leave the flag out for its default.",
        "holdfast check takes no words, but got “probes.liveness”. To select, use --only <clause, name or glob>.",
        "--given breaks the lab before anybody looks; it is for --target lab only. On a real cluster run holdfast drill.",
        "“-x” is no flag of holdfast list. holdfast list --help lists its flags.",
      ]
    `)
  })
})

const examples = [generalHelp, ...Object.values(verbHelp)]
  .flatMap(help => help.split('\nExamples\n')[1]?.split('\n') ?? [])
  .filter(line => line.startsWith('  holdfast '))

test.each(examples)('the example “%s” can be typed', line => {
  const { words } = lineInWords(line.replace(/\s{2,}\(.*\)$/, ''))
  expect(words[0]).toBe('holdfast')
  expect(read(...words.slice(1))).toMatchObject({ verb: words[1] })
})

test('the help of a verb names each of its own flags and every verb has examples', () => {
  const flags: Partial<Record<VerbName, readonly string[]>> = {
    check: ['--snapshot'],
    drill: ['--yes'],
    heal: ['--apply'],
    nightly: ['--drills', '--apply', '--yes'],
    report: ['--open'],
  }
  for (const verb of verbs) {
    for (const flag of flags[verb] ?? []) expect(verbHelp[verb]).toContain(flag)
    expect(verbHelp[verb]).toContain('\nExamples\n')
  }
})

test('help fits a terminal of 120 columns', () => {
  expect(
    [generalHelp, ...Object.values(verbHelp)]
      .flatMap(help => help.split('\n'))
      .filter(line => line.length > 120),
  ).toEqual([])
})

describe('nearest', () => {
  const names = ['colima-zombie', 'restart-colima', 'uncordon']
  test.each([
    ['colima-zombi', 'colima-zombie'],
    ['uncordn', 'uncordon'],
    ['colima-restart', undefined],
    ['x', undefined],
    ['', undefined],
  ])('of “%s” is %s', (word, expected) => {
    expect(nearest(word, names)).toBe(expected)
  })
})
