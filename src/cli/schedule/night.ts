// The nightly run that a timer is to start: its program, its words, its hour and its permissions.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { env, execPath } from 'node:process'
import { signals } from '#helpers/kubernetes/signals.ts'
import { permissionsOf } from '#src/engine/guards/account-permissions.ts'
import { accountName, rbacObjects, rolesFor } from '#src/engine/guards/roles.ts'
import { possibleFaults } from '#src/engine/drill/subject.ts'
import type { Drill, Impact, KubeObject, Night, Policy } from '#src/model/index.ts'
import { projectRoot } from '#src/project-root.ts'
import { clusterNames } from '#src/runs/clusters.ts'
import { UsageError, type Settings } from '#src/runs/settings.ts'
import { versions } from '#src/runs/versions.ts'
import { drills } from '#specs/chaos/index.ts'
import { invariants } from '#specs/invariants/index.ts'

/** When a night runs if nobody says. @source deploy/kubernetes/nightly.yaml: 17 3 * * * */
const usualHour = '03:17'

/**
 * Longest night, s: one that only looks, and one that may heal and drill.
 * @source deploy/kubernetes/nightly.yaml; the budgets of all drills one after the other
 */
const longest = { looks: 1_800, acts: 14_400 } as const

export interface NightOptions {
  readonly apply: boolean
  readonly yes: boolean
  readonly drills: string | undefined
  readonly at: string | undefined
  readonly onFailure: string | undefined
  readonly image: string | undefined
}

function hourOf(text: string): Night['at'] {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text)
  if (match !== null) return { hour: Number(match[1]), minute: Number(match[2]) }
  throw new UsageError(`--at ${text}: give an hour and a minute, e.g. --at ${usualHour}.`)
}

/**
 * The Node that a timer starts: the project's own, which needs no PATH and no manager of versions;
 * without it, as in an image, the one that runs now.
 */
function nodePath(): string {
  const carried = join(projectRoot, 'node_modules', '.bin', 'node')
  return existsSync(carried) ? carried : execPath
}

/** The flags of a night that do not depend on where it runs. */
function optionsOf(settings: Settings, { apply, yes, drills: wanted }: NightOptions) {
  const { only, disabledFixes, allowedGuards } = settings
  return [
    ...(only === undefined ? [] : ['--only', only]),
    ...(wanted === undefined ? [] : ['--drills', wanted]),
    ...(apply ? ['--apply'] : []),
    ...(yes ? ['--yes'] : []),
    ...(disabledFixes.length === 0 ? [] : ['--disable', disabledFixes.join(',')]),
    ...allowedGuards.flatMap(guard => ['--allow', guard]),
  ]
}

/** Nodes that an impact takes down. */
function nodesDown(impact: Impact, { nodes }: Policy): readonly string[] {
  if (impact.kind === 'vm' && impact.how === 'down') return nodes.map(({ name }) => name)
  if (impact.kind !== 'node' || impact.how !== 'down') return []
  return nodes
    .filter(({ name, container }) =>
      impact.by === 'name' ? name === impact.name : container?.name === impact.name,
    )
    .map(({ name }) => name)
}

/** Nodes that drills take down, in the order of the policy. */
function takenDownBy(chosen: readonly Drill[], policy: Policy): readonly string[] {
  const down = new Set(
    chosen
      .flatMap(drill => possibleFaults(drill, policy))
      .flatMap(({ impacts = [] }) => impacts)
      .flatMap(impact => nodesDown(impact, policy)),
  )
  return policy.nodes.map(({ name }) => name).filter(name => down.has(name))
}

/** The drills that may come up in one night or another. */
function drillsOf(policy: Policy, { yes, drills: wanted }: NightOptions): readonly Drill[] {
  const none = wanted === '0' || (wanted === undefined && policy.nightly.drills === 0)
  return yes && !none ? drills.filter(({ name }) => policy.nightly.rotation.includes(name)) : []
}

const reading: ReadonlySet<string> = new Set(['get', 'list', 'watch'])

/** Its pods mount a token of their own, with an end. */
const account = { apiVersion: 'v1', kind: 'ServiceAccount', automountServiceAccountToken: false }

/** An account with the permissions of what the night does, and of nothing else. */
function accessOf(policy: Policy, options: NightOptions, chosen: readonly Drill[]) {
  const needed = permissionsOf(policy, { invariants, drills: chosen, signals })
  // A night that only looks still plans repairs, and reads what they depend on.
  const heals = options.apply || chosen.length > 0
  const permissions = [
    ...needed.check,
    ...needed.heal.filter(({ verb }) => heals || reading.has(verb)),
    ...(chosen.length > 0 ? needed.drill : []),
  ]
  // The Jobs of dead-man's switches run as an account of their own.
  const base = rbacObjects({ ...needed, check: [], heal: [], drill: [] }).filter(
    ({ kind, metadata: { name } }) =>
      kind === 'Namespace' || (chosen.length > 0 && name === accountName('switch')),
  )
  return ({ name, namespace }: { name: string; namespace: string }): readonly KubeObject[] => {
    return [
      ...base,
      { ...account, metadata: { name, namespace } },
      ...rolesFor(name, permissions, [name]),
    ]
  }
}

/** The night of a policy. Throws a UsageError for an hour that is none. */
export function nightOf(policy: Policy, settings: Settings, options: NightOptions): Night {
  const { cluster, reports } = settings
  const chosen = drillsOf(policy, options)
  const state = env['HOLDFAST_STATE']
  const flags = optionsOf(settings, options)
  const where = clusterNames().includes(cluster) ? cluster : resolve(cluster)
  return {
    policy,
    at: hourOf(options.at ?? usualHour),
    program: [nodePath(), join(projectRoot, 'bin', 'holdfast.mjs')],
    words: `nightly --target live --cluster`
      .split(' ')
      .concat(where, '--reports', resolve(reports), flags),
    flags,
    folder: projectRoot,
    environment: state === undefined ? {} : { HOLDFAST_STATE: state },
    longest: options.apply || options.yes ? longest.acts : longest.looks,
    onFailure: options.onFailure,
    image: options.image ?? `holdfast:${versions()['holdfast'] ?? 'latest'}`,
    access: accessOf(policy, options, chosen),
    takenDown: takenDownBy(chosen, policy),
  }
}
