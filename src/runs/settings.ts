// The settings of a run, from flags and environment alike: the CLI passes them to vitest in
// variables that a person can set, too.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { env } from 'node:process'
import { guardNames, neverAllowed, type GuardName } from '#src/model/guards/guard-name.ts'

export interface Settings {
  /**
   * A cluster's name, or the path of a policy file. Unset: a snapshot is judged by the policy that
   * it was saved with.
   */
  cluster: string
  target: 'lab' | 'container' | 'live'
  seed: number
  /** A clause, a definition's name, or a glob over either. */
  only: string | undefined
  /** Folder of reports. */
  reports: string
  /** A saved snapshot to judge instead of the target. */
  snapshot: string | undefined
  /** Fixes that may not act. */
  disabledFixes: readonly string[]
  /** Scenarios whose faults the lab gets before it is observed. */
  after: readonly string[]
  /** The node that drills hit instead of their own choice. */
  on: string | undefined
  /** Guards that a person overrules. */
  allowedGuards: readonly GuardName[]
  /** Scenarios to run; empty: all that `only` selects. */
  drills: readonly string[]
  /** Target container: the node that another process started and will remove. */
  node: string | undefined
  /** Target container: leave the node at the end. */
  keep: boolean
  /** Target container: use a kept node; the first time, start one and keep it. */
  reuse: boolean
  /** Undo leftovers of earlier drills before anything else. */
  recover: boolean
  /** Where journals are kept: on this machine only, or in the cluster, too. */
  journal: 'cluster' | 'local'
}

/**
 * Tells the threads where the snapshot is. Not HOLDFAST_SNAPSHOT: programs that tests start would
 * judge it, too.
 */
export const lookVariable = 'HOLDFAST_LOOK'

/** A mistake of the caller: one clear message, exit 64, no stack trace. */
export class UsageError extends Error {}

export const targets = ['lab', 'container', 'live'] as const

const asList = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map(word => word.trim())
    .filter(Boolean)

function asTarget(text = 'lab'): Settings['target'] {
  const found = targets.find(target => target === text)
  if (found !== undefined) return found
  throw new UsageError(
    `Unknown target “${text}”. Targets: ${targets.join(', ')}; e.g. --target lab.`,
  )
}

function asJournal(text = 'cluster'): Settings['journal'] {
  if (text === 'cluster' || text === 'local') return text
  throw new UsageError(
    `“${text}” is not a place for a journal. Use cluster (default: this machine and the cluster) ` +
      'or local (this machine only), e.g. --journal local.',
  )
}

/** The alternative if --allow cannot overrule a guard. */
const instead = {
  identity:
    'Point the kubeconfig at the cluster that the policy means, or correct ' +
    'identity.kubeSystemUid in the policy.',
  'one-at-a-time': 'Wait until the other run has ended, or ask it to undo and end: holdfast stop.',
  'undo-permissions':
    'What cannot be undone is not injected: apply the role that holdfast rbac prints.',
} as const satisfies Record<(typeof neverAllowed)[number], string>

function asGuard(text: string): GuardName {
  const found = guardNames.find(name => name === text)
  if (found === undefined) {
    throw new UsageError(`Unknown guard in --allow ${text}. Guards: ${guardNames.join(', ')}.`)
  }
  const never = neverAllowed.find(name => name === found)
  if (never === undefined) return found
  throw new UsageError(`--allow ${text}: this guard cannot be overruled. ${instead[never]}`)
}

function asSeed(text = '1'): number {
  if (/^\d{1,10}$/.test(text) && Number(text) <= 0xffff_ffff) return Number(text)
  throw new UsageError(
    `“${text}” is not a seed. Use a whole number from 0 to 4294967295, e.g. --seed 7.`,
  )
}

/** Where a run saves the policy of its snapshot. */
export const policyBeside = (snapshot: string): string => join(dirname(snapshot), 'policy.json')

/** The policy of a run whose settings name none: the one saved with the snapshot, or a default. */
function defaultCluster(from: NodeJS.ProcessEnv): string {
  const snapshot = from['HOLDFAST_SNAPSHOT']
  if (snapshot !== undefined && existsSync(policyBeside(snapshot))) return policyBeside(snapshot)
  return from['HOLDFAST_TARGET'] === 'container' ? 'sandbox' : 'joelclaw'
}

/** One setting: its variable, how it is read, and how it is written for another process. */
interface Entry<T> {
  readonly variable: string
  readonly read: (text: string | undefined, from: NodeJS.ProcessEnv) => T
  readonly write: (value: T) => string
}

const asText = (variable: string): Entry<string | undefined> => ({
  variable,
  read: value => value,
  write: value => value ?? '',
})
const asWords = (variable: string): Entry<readonly string[]> => ({
  variable,
  read: asList,
  write: value => value.join(','),
})
const asToggle = (variable: string): Entry<boolean> => ({
  variable,
  read: Boolean,
  write: value => (value ? '1' : ''),
})

/** The one table of settings. The flags of src/cli/flags.ts fill the same variables. */
const entries: { readonly [K in keyof Settings]: Entry<Settings[K]> } = {
  cluster: {
    variable: 'HOLDFAST_CLUSTER',
    read: (value, from) => value ?? defaultCluster(from),
    write: value => value,
  },
  target: { variable: 'HOLDFAST_TARGET', read: asTarget, write: value => value },
  seed: { variable: 'HOLDFAST_SEED', read: asSeed, write: String },
  only: asText('HOLDFAST_ONLY'),
  reports: {
    variable: 'HOLDFAST_REPORTS',
    read: (value = 'reports') => value,
    write: value => value,
  },
  snapshot: asText('HOLDFAST_SNAPSHOT'),
  disabledFixes: asWords('HOLDFAST_DISABLE'),
  after: asWords('HOLDFAST_AFTER'),
  on: asText('HOLDFAST_ON'),
  allowedGuards: {
    variable: 'HOLDFAST_ALLOW',
    read: value => asList(value).map(asGuard),
    write: value => value.join(','),
  },
  drills: asWords('HOLDFAST_DRILLS'),
  node: asText('HOLDFAST_NODE'),
  keep: asToggle('HOLDFAST_KEEP'),
  reuse: asToggle('HOLDFAST_REUSE'),
  recover: {
    variable: 'HOLDFAST_NO_RECOVER',
    read: value => value === undefined,
    write: value => (value ? '' : '1'),
  },
  journal: { variable: 'HOLDFAST_JOURNAL', read: asJournal, write: value => value },
}

/**
 * Reads settings from an environment. An empty variable counts as unset, because CI systems pass
 * unset variables that way. Throws a UsageError that names the value and the remedy.
 */
export function settingsFrom(environment: NodeJS.ProcessEnv = env): Settings {
  const from: NodeJS.ProcessEnv = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== ''),
  )
  const read = Object.entries(entries).map(([name, entry]) => [
    name,
    entry.read(from[entry.variable], from),
  ])
  // The table has one entry for each setting, of its type.
  return Object.fromEntries(read) as Settings
}

/** The same settings as an environment, for the specs in another thread. */
export function environmentOf(settings: Settings): Record<string, string> {
  const written = <K extends keyof Settings>(name: K): readonly [string, string] => {
    const { variable, write } = entries[name]
    return [variable, write(settings[name])]
  }
  return Object.fromEntries((Object.keys(entries) as (keyof Settings)[]).map(name => written(name)))
}

/** Whether a glob (`*` any text) or a plain name fits one of several names. */
export function globMatches(pattern: string | undefined, names: readonly string[]): boolean {
  if (pattern === undefined) return true
  const source = pattern
    .split('*')
    .map(part => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('.*')
  const whole = new RegExp(`^${source}$`)
  return names.some(name => whole.test(name))
}
