// The command line as data: verbs, their flags, and one clear message for what is none of them.
import { parseArgs } from 'node:util'
import { gateFlags, gateOptions, type GateOptions } from './gate/arguments.ts'
import { nearest } from '#src/runs/nearest.ts'
import { settingsFrom, UsageError, type Settings } from '#src/runs/settings.ts'

export const verbs = [
  'check',
  'drill',
  'heal',
  'nightly',
  'gate',
  'list',
  'explain',
  'report',
  'undo',
  'status',
  'stop',
  'rbac',
  'lab',
] as const
export type VerbName = (typeof verbs)[number]

/** Flags that several verbs share, and those of one. */
const common = {
  cluster: { type: 'string' },
  target: { type: 'string' },
  seed: { type: 'string' },
  only: { type: 'string' },
  reports: { type: 'string' },
  given: { type: 'string' },
  disable: { type: 'string' },
  keep: { type: 'boolean' },
  reuse: { type: 'boolean' },
  journal: { type: 'string' },
  'no-recover': { type: 'boolean' },
  json: { type: 'boolean' },
  full: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const
const own = {
  check: { snapshot: { type: 'string' } },
  drill: {
    yes: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
    allow: { type: 'string', multiple: true },
  },
  heal: { apply: { type: 'boolean' } },
  nightly: {
    apply: { type: 'boolean' },
    yes: { type: 'boolean' },
    drills: { type: 'string' },
    allow: { type: 'string', multiple: true },
  },
  list: {},
  explain: {},
  report: { open: { type: 'boolean' } },
  undo: {},
  status: {},
  stop: {},
  rbac: { drills: { type: 'string' } },
  lab: { port: { type: 'string' }, speed: { type: 'string' } },
  gate: gateFlags,
} as const satisfies Record<VerbName, Flags>

type Flags = Readonly<
  Record<string, { type: 'string' | 'boolean'; short?: string; multiple?: boolean }>
>

/** The gate looks at files: what is about a run on a target is not for it. */
const forGate = [
  'cluster',
  'only',
  'json',
  'full',
  'help',
] as const satisfies readonly (keyof typeof common)[]
const flagsOf = (verb: VerbName): Flags => ({
  ...(verb === 'gate' ? Object.fromEntries(forGate.map(name => [name, common[name]])) : common),
  ...own[verb],
})

export interface Arguments {
  verb: VerbName
  settings: Settings
  /** Words after the verb. */
  words: readonly string[]
  help: boolean
  json: boolean
  full: boolean
  apply: boolean
  yes: boolean
  open: boolean
  /** Of drill: only says what it would do. */
  dryRun: boolean
  drills: string | undefined
  port: string | undefined
  speed: string | undefined
  /** Of the gate alone. */
  gate?: GateOptions
}

const didYouMean = (word: string, among: readonly string[]): string => {
  const near = nearest(word, among)
  return near === undefined ? '' : ` Did you mean “${near}”?`
}

function asVerb(word: string): VerbName {
  const found = verbs.find(verb => verb === word)
  if (found === undefined)
    throw new UsageError(
      `There is no verb “${word}”.${didYouMean(word, verbs)} Verbs are ${verbs.join(', ')}; holdfast --help explains.`,
    )
  return found
}

type Values = ReturnType<typeof parseArgs>['values']

function read(words: readonly string[], verb: VerbName): { values: Values; positionals: string[] } {
  const options = flagsOf(verb)
  let found: { values: Values; positionals: string[] }
  try {
    found = parseArgs({ args: [...words], options, allowPositionals: true, strict: true })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const unknown = /Unknown option '(-{1,2}[^']*)'/.exec(message)?.[1]
    if (unknown === undefined)
      throw new UsageError(`${message.split('. ')[0]}. holdfast ${verb} --help lists its flags.`)
    throw new UsageError(
      `“${unknown}” is no flag of holdfast ${verb}.${didYouMean(
        unknown,
        Object.keys(options).map(name => `--${name}`),
      )} holdfast ${verb} --help lists its flags.`,
    )
  }
  const [empty] =
    Object.entries(found.values).find(
      ([, value]) => value === '' || (Array.isArray(value) && value.includes('')),
    ) ?? []
  // Most likely a variable that is not set: to go on with the default would be another cluster, or
  // another target.
  if (empty !== undefined)
    throw new UsageError(
      `--${empty} is empty: is a variable behind it not set? Name what is meant, or leave the flag out for its default.`,
    )
  return found
}

/**
 * Reads a command line. Undefined: the general help is wanted. Throws a UsageError that names the
 * word and the remedy.
 */
export function readArguments(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
): Arguments | undefined {
  const [first, ...rest] = argv
  if (first === undefined || first === '--help' || first === '-h' || first === 'help')
    return undefined
  const verb = asVerb(first)
  const { values, positionals } = read(rest, verb)
  const text = (name: string): string | undefined =>
    typeof values[name] === 'string' ? values[name] : undefined
  const flag = (name: string): boolean => values[name] === true
  const variables = {
    cluster: 'CLUSTER',
    target: 'TARGET',
    seed: 'SEED',
    only: 'ONLY',
    reports: 'REPORTS',
    given: 'GIVEN',
    disable: 'DISABLE',
    snapshot: 'SNAPSHOT',
    journal: 'JOURNAL',
  }
  const overlay: Record<string, string | undefined> = Object.fromEntries(
    Object.entries(variables).flatMap(([name, variable]) =>
      text(name) === undefined ? [] : [[`HOLDFAST_${variable}`, text(name)]],
    ),
  )
  for (const name of ['keep', 'reuse'])
    if (flag(name)) overlay[`HOLDFAST_${name.toUpperCase()}`] = '1'
  const { allow } = values
  if (Array.isArray(allow)) overlay['HOLDFAST_ALLOW'] = allow.join(',')
  if (flag('no-recover')) overlay['HOLDFAST_NO_RECOVER'] = '1'
  const settings = settingsFrom({ ...environment, ...overlay })
  if ((settings.keep || settings.reuse) && settings.target !== 'container')
    throw new UsageError('--keep and --reuse are about the node of --target container.')
  if (settings.after.length > 0 && settings.target !== 'lab')
    throw new UsageError(
      '--given breaks the lab before anybody looks; it is for --target lab only. On a real cluster run holdfast drill.',
    )
  if (positionals.length > 0 && !['drill', 'explain', 'undo', 'rbac', 'lab', 'gate'].includes(verb))
    throw new UsageError(
      `holdfast ${verb} takes no words, but got “${positionals.join(' ')}”. To select, use --only <clause, name or glob>.`,
    )
  return {
    verb,
    settings,
    words: positionals,
    help: flag('help'),
    json: flag('json'),
    full: flag('full'),
    apply: flag('apply'),
    yes: flag('yes'),
    open: flag('open'),
    dryRun: flag('dry-run'),
    drills: text('drills'),
    port: text('port'),
    speed: text('speed'),
    ...(verb === 'gate' && !flag('help') ? { gate: gateOptions(values) } : {}),
  }
}
