// The command line as data: how words are read, and the message for each mistake.
import { nearest } from '#src/commands/nearest.ts'
import { describe, expect, test } from 'vitest'
import { lineInWords } from '#tests/project/shell-line.ts'
import { readArguments } from './arguments.ts'
import { commandOf, verbs } from './commands.ts'
import { flags, type FlagName } from './flags.ts'
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
  test('reads where each format of the report goes', () => {
    expect(read('check')?.outputs).toEqual([{ format: 'terminal' }])
    expect(read('report', '--format', 'junit=run.xml')?.outputs).toEqual([
      { format: 'junit', file: 'run.xml' },
      { format: 'terminal' },
    ])
    expect(() => read('check', '--format', 'xml')).toThrow(
      'Unknown format “xml” in --format. Formats: terminal, json, junit, html; ' +
        'e.g. --format json=report.json --format terminal.',
    )
    expect(() => read('check', '--json', '--format', 'html')).toThrow(
      'Only one format can go to stdout, but html and json would',
    )
  })

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
      outputs: [{ format: 'json' }],
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

  test('a flag overrides the environment', () => {
    const environment = { HOLDFAST_SEED: '3', HOLDFAST_CLUSTER: 'tazlab' }
    expect(readArguments(['check', '--seed', '4'], environment)?.settings).toMatchObject({
      seed: 4,
      cluster: 'tazlab',
    })
  })

  test('a mistake names the word and the remedy', () => {
    expect([
      mistake('nigtly'),
      mistake('frobnicate'),
      mistake('check', '--snapshots', 'x'),
      mistake('check', '--apply'),
      mistake('check', '--seed'),
      mistake('gate', '.', '--cluster', ''),
      mistake('drill', 'x', '--allow', 'window', '--allow='),
      mistake('check', 'probes.liveness'),
      mistake('check', '--after', 'x', '--target', 'live'),
      mistake('list', '-x'),
    ]).toEqual([
      'Unknown verb “nigtly”. Did you mean “nightly”? Verbs: check, drill, heal, nightly, ' +
        'gate, list, explain, report, undo, status, stop, rbac, schedule, lab. holdfast --help ' +
        'explains them.',
      'Unknown verb “frobnicate”. Verbs: check, drill, heal, nightly, gate, list, explain, ' +
        'report, undo, status, stop, rbac, schedule, lab. holdfast --help explains them.',
      'Unknown flag --snapshots for holdfast check. Did you mean “--snapshot”? holdfast ' +
        'check --help lists its flags.',
      'Unknown flag --apply for holdfast check. holdfast check --help lists its flags.',
      "Option '--seed <value>' argument missing. holdfast check --help lists its flags.",
      '--cluster is empty. Is a variable behind it not set? Give a value, or leave the flag out.',
      '--allow is empty. Is a variable behind it not set? Give a value, or leave the flag out.',
      'holdfast check takes no words, but got “probes.liveness”. To select, use --only ' +
        '<clause, name or glob>.',
      '--after injects faults into the lab and needs --target lab. On a real cluster, run ' +
        'holdfast drill.',
      'Unknown flag -x for holdfast list. holdfast list --help lists its flags.',
    ])
  })
})

const helps = [generalHelp(), ...verbs.map(verbHelp)]
const examples = helps
  .flatMap(help => help.split('\nExamples\n')[1]?.split('\n') ?? [])
  .filter(line => line.startsWith('  holdfast '))

test.each(examples)('the example “%s” can be typed', line => {
  const { words } = lineInWords(line)
  expect(words[0]).toBe('holdfast')
  expect(read(...words.slice(1))).toMatchObject({ verb: words[1] })
})

describe('help', () => {
  test.each(verbs)('of %s names each of its flags, shows examples, and fits 30 lines', verb => {
    const help = verbHelp(verb)
    for (const flag of commandOf(verb).flags) expect(help).toContain(`--${flag}`)
    expect(help).toContain('\nExamples\n')
    expect(help.trimEnd().split('\n').length).toBeLessThanOrEqual(30)
  })

  test.each(verbs)('%s refuses every flag that it does not read', verb => {
    const own: readonly FlagName[] = [...commandOf(verb).flags, 'help']
    const foreign = (Object.keys(flags) as FlagName[]).filter(name => !own.includes(name))
    expect(foreign.length).toBeGreaterThan(10)
    for (const name of foreign) {
      expect(mistake(verb, `--${name}`, 'x')).toContain(
        `Unknown flag --${name} for holdfast ${verb}`,
      )
    }
  })

  test('of the program has at most 30 lines, and every help fits 100 columns', () => {
    expect(generalHelp().trimEnd().split('\n').length).toBeLessThanOrEqual(30)
    const wide = helps.flatMap(help => help.split('\n')).filter(line => line.length > 100)
    expect(wide).toEqual([])
  })

  test('every flag is read by some verb', () => {
    const used = new Set<string>(verbs.flatMap(verb => commandOf(verb).flags))
    const idle = Object.keys(flags).filter(name => name !== 'help' && !used.has(name))
    expect(idle).toEqual([])
  })
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
