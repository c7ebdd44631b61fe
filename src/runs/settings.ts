// The settings of a run, from flags and environment alike: what the CLI hands to vitest is what a
// person can set for it.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { env } from 'node:process'
import { guardNames, neverAllowed, type GuardName } from '#src/model/guard-name.ts'

export interface Settings {
  /**
   * A cluster's name, or the path of a policy file. Where none is named, a snapshot is judged by
   * the policy that it was saved with.
   */
  cluster: string
  target: 'lab' | 'container' | 'live'
  seed: number
  /** A clause, a definition's name, or a glob over either. */
  only: string | undefined
  /** Folder of reports. */
  reports: string
  /** A saved snapshot to judge instead of looking. */
  snapshot: string | undefined
  /** Fixes that may not act. */
  disabledFixes: readonly string[]
  /** Scenarios whose faults the lab has suffered before anybody looks. */
  after: readonly string[]
  /** Guards that a person lets through. */
  allowedGuards: readonly GuardName[]
  /** Scenarios to run; all that `only` selects when empty. */
  drills: readonly string[]
  /** Target container: the node that somebody else has started and will remove. */
  node: string | undefined
  /** Target container: leave the node at the end. */
  keep: boolean
  /** Target container: use a node that was kept; the first time start one and keep it. */
  reuse: boolean
  /** What earlier drills have left behind is undone before anything else. */
  recover: boolean
  /** Where the way back is noted: on this machine alone, or in the cluster, too. */
  journal: 'cluster' | 'local'
}

/**
 * Tells the threads where the look is. Not HOLDFAST_SNAPSHOT: programs that tests start would judge
 * it, too.
 */
export const lookVariable = 'HOLDFAST_LOOK'

/** A mistake of the caller: one clear message, exit 64, no stack trace. */
export class UsageError extends Error {}

export const targets = ['lab', 'container', 'live'] as const

const list = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map(word => word.trim())
    .filter(Boolean)

function targetOf(text: string): Settings['target'] {
  const found = targets.find(target => target === text)
  if (found === undefined)
    throw new UsageError(
      `“${text}” is no target. Targets are ${targets.join(', ')}; e.g. --target lab.`,
    )
  return found
}

function journalOf(text: string): Settings['journal'] {
  if (text !== 'cluster' && text !== 'local')
    throw new UsageError(
      `“${text}” is no place for a journal: cluster (default: on this machine and in the cluster) or local (on this machine only); e.g. --journal local.`,
    )
  return text
}

/** What to do where nobody can let a guard through. */
const instead = {
  identity:
    'Point the kubeconfig at the cluster that the policy means, or correct identity.kubeSystemUid in the policy.',
  'one-at-a-time': 'Wait for the end of what is at work, or have it undo and leave: holdfast stop.',
  'undo-permissions':
    'What cannot be undone is not injected: apply the role that holdfast rbac prints.',
} as const satisfies Record<(typeof neverAllowed)[number], string>

function guardOf(text: string): GuardName {
  const found = guardNames.find(name => name === text)
  if (found === undefined)
    throw new UsageError(
      `--allow ${text}: there is no such guard. Guards are: ${guardNames.join(', ')}.`,
    )
  const never = neverAllowed.find(name => name === found)
  if (never !== undefined)
    throw new UsageError(`--allow ${text}: nobody can allow this. ${instead[never]}`)
  return found
}

function seedOf(text: string): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) > 0xffff_ffff)
    throw new UsageError(
      `“${text}” is no seed: a whole number from 0 to 4294967295, e.g. --seed 7.`,
    )
  return Number(text)
}

/** Where a run saves the policy of its snapshot. */
export const policyBeside = (snapshot: string): string => join(dirname(snapshot), 'policy.json')

/** The policy that a snapshot was saved with; undefined where there is none. */
function savedWith(snapshot: string | undefined): string | undefined {
  return snapshot !== undefined && existsSync(policyBeside(snapshot))
    ? policyBeside(snapshot)
    : undefined
}

/**
 * Reads settings from an environment; a variable that is empty, as CI systems hand on what nobody
 * set, is none. Throws a UsageError that names its value and the remedy.
 */
export function settingsFrom(environment: NodeJS.ProcessEnv = env): Settings {
  const from: NodeJS.ProcessEnv = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== ''),
  )
  const target = targetOf(from['HOLDFAST_TARGET'] ?? 'lab')
  const snapshot = from['HOLDFAST_SNAPSHOT']
  return {
    cluster:
      from['HOLDFAST_CLUSTER'] ??
      savedWith(snapshot) ??
      (target === 'container' ? 'sandbox' : 'joelclaw'),
    target,
    seed: seedOf(from['HOLDFAST_SEED'] ?? '1'),
    only: from['HOLDFAST_ONLY'],
    reports: from['HOLDFAST_REPORTS'] ?? 'reports',
    snapshot,
    disabledFixes: list(from['HOLDFAST_DISABLE']),
    after: list(from['HOLDFAST_GIVEN']),
    allowedGuards: list(from['HOLDFAST_ALLOW']).map(guardOf),
    drills: list(from['HOLDFAST_DRILLS']),
    node: from['HOLDFAST_NODE'],
    keep: Boolean(from['HOLDFAST_KEEP']),
    reuse: Boolean(from['HOLDFAST_REUSE']),
    recover: !from['HOLDFAST_NO_RECOVER'],
    journal: journalOf(from['HOLDFAST_JOURNAL'] ?? 'cluster'),
  }
}

/** The same settings as an environment, for the specs. */
export function environmentOf(settings: Settings): Record<string, string> {
  return {
    HOLDFAST_CLUSTER: settings.cluster,
    HOLDFAST_TARGET: settings.target,
    HOLDFAST_SEED: String(settings.seed),
    HOLDFAST_ONLY: settings.only ?? '',
    HOLDFAST_REPORTS: settings.reports,
    HOLDFAST_SNAPSHOT: settings.snapshot ?? '',
    HOLDFAST_DISABLE: settings.disabledFixes.join(','),
    HOLDFAST_GIVEN: settings.after.join(','),
    HOLDFAST_ALLOW: settings.allowedGuards.join(','),
    HOLDFAST_DRILLS: settings.drills.join(','),
    HOLDFAST_NODE: settings.node ?? '',
    HOLDFAST_KEEP: settings.keep ? '1' : '',
    HOLDFAST_REUSE: settings.reuse ? '1' : '',
    HOLDFAST_NO_RECOVER: settings.recover ? '' : '1',
    HOLDFAST_JOURNAL: settings.journal,
  }
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
