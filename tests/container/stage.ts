// The run's node as a test gets it: behind the guard, with the policy that is about it.
import { execFileSync } from 'node:child_process'
import { inject } from 'vitest'
import { loadPolicy } from '../../bin/clusters.ts'
import { openTarget } from '../../bin/target.ts'
import { faults } from '../../helpers/faults/index.ts'
import { clear } from '../../helpers/guards/clear.ts'
import { rbacLabel, rbacYaml, type Account } from '../../helpers/guards/roles.ts'
import { signals } from '../../helpers/probes/signals.ts'
import { runDrill } from '../../helpers/run/drill.ts'
import { memoryJournal } from '../../helpers/run/journal.ts'
import { look } from '../../helpers/run/look.ts'
import type { DrillContext } from '../../helpers/run/opening.ts'
import type { Drill, DrillResult, Judgement, Reach } from '../../helpers/words/index.ts'
import { drills } from '../../specs/chaos/index.ts'
import { invariants } from '../../specs/invariants/index.ts'
import { actingAs } from '../guards/stage.ts'

const settings = inject('settings')
export const { reach, policy } = await openTarget(settings, await loadPolicy(settings.cluster), { drills: true })

/** What does not hold or cannot be seen now. */
export async function bad(): Promise<readonly Judgement[]> {
  const { judgements } = await look(invariants, reach, policy)
  return judgements.filter(({ verdict }) => verdict.kind === 'violated' || verdict.kind === 'unknown')
}

/** How long a recovery must last here, s instead of the minute of a real drill: what is tried is whether it comes, many times over. */
const stability = '12 s'
/** A service of a node that was restarted may answer and be away once more before the node is at rest. @source seen on a v1.35 node: after 12 s of answers; what the API says is old for 40 s */
const stabilityOfRestart = '45 s'
const restarting: ReadonlySet<string> = new Set(['api-port-drifts', 'flannel-loses-its-subnet', 'node-container-killed'])

function drillOf(name: string): Drill {
  const drill = drills.find(candidate => candidate.name === name)
  if (drill === undefined) throw new Error(`there is no drill ${name}`)
  return drill
}

/** @source k3s, where it writes its own kubeconfig */
const kubectl = ['exec', '-i', policy.nodes[0]?.container?.name ?? '', 'kubectl', '--kubeconfig', '/etc/rancher/k3s/k3s.yaml'] as const
const asAdministrator = (words: readonly string[], input?: string): string => execFileSync('docker', [...kubectl, ...words], { encoding: 'utf8', ...(input === undefined ? {} : { input }) })

/** Puts the roles that `holdfast rbac` prints for some drills in force on the node, instead of those that were; nobody else's are touched. */
export function applyRoles(names: readonly string[]): void {
  asAdministrator(['delete', 'clusterroles,clusterrolebindings,roles,rolebindings', '-A', '-l', rbacLabel, '--ignore-not-found'])
  asAdministrator(['apply', '-f', '-'], rbacYaml(policy, invariants, names.map(drillOf)))
}

/** Everything that an account of those roles can reach. */
export const reachAs = (account: Account): Reach => actingAs(reach, account)

/** Runs a drill under the role that is printed for it alone, its guards asked, as somebody does who has no more. */
export function runInRole(name: string): Promise<DrillResult> {
  applyRoles([name])
  const own = reachAs('drill')
  return run(name, {}, { reach: own, clear: asked => clear(asked, own, policy) })
}

/** Runs a drill as `holdfast drill` does. */
export function run(name: string, change: Partial<Drill> = {}, context: Partial<DrillContext> = {}): Promise<DrillResult> {
  const drill = drillOf(name)
  return runDrill({ ...drill, stability: restarting.has(name) ? stabilityOfRestart : stability, ...change }, { reach, policy, faults, signals, journal: memoryJournal(), ...context })
}
