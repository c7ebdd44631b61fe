// Reads a command line by the tables of verbs and flags; a mistake names the word and the remedy.
import { parseArgs } from 'node:util'
import { withoutUndefined } from '#src/model/json.ts'
import { runFormatNames, type RunFormatName } from '#src/reporting/format-names.ts'
import { nearest } from '#src/commands/nearest.ts'
import { settingsFrom, UsageError, type Settings } from '#src/runs/settings.ts'
import { commandOf, verbs, type VerbName } from './commands.ts'
import { flagOf, type FlagName } from './flags.ts'
import { gateOptions, type GateOptions } from './gate/arguments.ts'
import { outputsOf, type Output } from './outputs.ts'
import { scheduleOptions, type ScheduleOptions } from './schedule/arguments.ts'

/** Where one format of a run's report goes. */
export type RunOutput = Output<RunFormatName | 'terminal'>

export interface Arguments {
  verb: VerbName
  settings: Settings
  /** The words after the verb. */
  words: readonly string[]
  help: boolean
  json: boolean
  /** Of verbs that report a run: where each format goes. */
  outputs: readonly RunOutput[]
  full: boolean
  apply: boolean
  yes: boolean
  open: boolean
  /** Of drill: print the plan and change nothing. */
  dryRun: boolean
  drills: string | undefined
  port: string | undefined
  speed: string | undefined
  /** Of the gate only. */
  gate?: GateOptions
  /** Of schedule only. */
  schedule?: ScheduleOptions
}

type Values = ReturnType<typeof parseArgs>['values']

const hintFor = (word: string, among: readonly string[]): string => {
  const near = nearest(word, among)
  return near === undefined ? '' : ` Did you mean “${near}”?`
}

/** The verb that the word belongs to, as `serve` does to `lab`; else the nearest verb. */
function hintForVerb(word: string): string {
  const before = verbs.find(verb => commandOf(verb).words === word)
  return before === undefined ? hintFor(word, verbs) : ` Did you mean “${before} ${word}”?`
}

function asVerb(word: string): VerbName {
  const found = verbs.find(verb => verb === word)
  if (found !== undefined) return found
  throw new UsageError(
    `Unknown verb “${word}”.${hintForVerb(word)} Verbs: ${verbs.join(', ')}. ` +
      'holdfast --help explains them.',
  )
}

const flagsOf = (verb: VerbName): readonly FlagName[] => [...commandOf(verb).flags, 'help']

/** The table of flags in the form of node:util. */
const optionsOf = (verb: VerbName): NonNullable<Parameters<typeof parseArgs>[0]>['options'] =>
  Object.fromEntries(
    flagsOf(verb).map(name => {
      const { value, multiple = false, short } = flagOf(name)
      const type = value === undefined ? ('boolean' as const) : ('string' as const)
      return [name, { type, multiple, ...withoutUndefined({ short }) }]
    }),
  )

function parse(words: readonly string[], verb: VerbName) {
  try {
    return parseArgs({
      args: [...words],
      options: optionsOf(verb) ?? {},
      allowPositionals: true,
      strict: true,
    })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const help = `holdfast ${verb} --help lists its flags.`
    const unknown = /Unknown option '(-{1,2}[^']*)'/.exec(message)?.[1]
    if (unknown === undefined) throw new UsageError(`${message.split('. ')[0]}. ${help}`)
    const dashed = flagsOf(verb).map(name => `--${name}`)
    const hint = hintFor(unknown, dashed)
    throw new UsageError(`Unknown flag ${unknown} for holdfast ${verb}.${hint} ${help}`)
  }
}

/**
 * An empty value is probably an unset variable: the default would select another cluster or target.
 */
function refuseEmpty(values: Values): void {
  const isEmpty = (value: unknown): boolean =>
    value === '' || (Array.isArray(value) && value.includes(''))
  const [empty] = Object.entries(values).find(([, value]) => isEmpty(value)) ?? []
  if (empty === undefined) return
  throw new UsageError(
    `--${empty} is empty. Is a variable behind it not set? Give a value, or leave the flag out.`,
  )
}

/** Flags as the variables with the same meaning: a flag overrides the environment. */
function overlayOf(values: Values, verb: VerbName): Record<string, string> {
  return Object.fromEntries(
    flagsOf(verb).flatMap(name => {
      const { variable } = flagOf(name)
      const value = values[name]
      if (variable === undefined || value === undefined || value === false) return []
      const text = value === true ? '1' : value
      return [[`HOLDFAST_${variable}`, Array.isArray(text) ? text.join(',') : text]]
    }),
  )
}

/** Contradictions between flags. */
function refuseContradictions(verb: VerbName, settings: Settings, words: readonly string[]): void {
  if ((settings.keep || settings.reuse) && settings.target !== 'container') {
    throw new UsageError('--keep and --reuse need --target container: they are about its node.')
  }
  if (settings.after.length > 0 && settings.target !== 'lab') {
    throw new UsageError(
      '--after injects faults into the lab and needs --target lab. ' +
        'On a real cluster, run holdfast drill.',
    )
  }
  if (words.length > 0 && commandOf(verb).words === undefined) {
    throw new UsageError(
      `holdfast ${verb} takes no words, but got “${words.join(' ')}”. ` +
        'To select, use --only <clause, name or glob>.',
    )
  }
}

/** --format and --json of the verbs that report a run; the gate has formats of its own. */
function runOutputs(values: Values, verb: VerbName): readonly RunOutput[] {
  if (verb === 'gate') return []
  const given = Array.isArray(values['format']) ? values['format'] : []
  const words = given.filter(word => typeof word === 'string')
  return outputsOf<RunOutput['format']>({
    formats: ['terminal', ...runFormatNames],
    screen: 'terminal',
    words: values['json'] === true ? [...words, 'json'] : words,
    example: 'report',
  })
}

/**
 * Reads a command line. Undefined: show the general help. Throws a UsageError that names the word
 * and the remedy.
 */
export function readArguments(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
): Arguments | undefined {
  const [first, ...rest] = argv
  if (first === undefined || ['--help', '-h', 'help'].includes(first)) return undefined
  const verb = asVerb(first)
  const { values, positionals: words } = parse(rest, verb)
  refuseEmpty(values)
  const text = (name: FlagName): string | undefined =>
    typeof values[name] === 'string' ? values[name] : undefined
  const flag = (name: FlagName): boolean => values[name] === true
  const settings = settingsFrom({ ...environment, ...overlayOf(values, verb) })
  refuseContradictions(verb, settings, words)
  const read: Arguments = {
    verb,
    settings,
    words,
    help: flag('help'),
    json: flag('json'),
    outputs: runOutputs(values, verb),
    full: flag('full'),
    apply: flag('apply'),
    yes: flag('yes'),
    open: flag('open'),
    dryRun: flag('dry-run'),
    drills: text('drills'),
    port: text('port'),
    speed: text('speed'),
  }
  if (read.help) return read
  if (verb === 'gate') return { ...read, gate: gateOptions(values) }
  return verb === 'schedule' ? { ...read, schedule: scheduleOptions(values, words) } : read
}
