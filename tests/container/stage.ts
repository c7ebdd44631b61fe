// A run's node as a test gets it: behind the guard, with the policy that is about it.
import { execFileSync } from 'node:child_process'
import { inject } from 'vitest'
import { loadPolicy } from '#src/runs/clusters.ts'
import { openTarget } from '#src/runs/target.ts'
import { faults } from '#helpers/faults.ts'
import { askGuards } from '#src/engine/guards/ask.ts'
import { rbacLabel, rbacYaml } from '#src/engine/guards/roles.ts'
import { type Account } from '#src/engine/guards/account-permissions.ts'
import { signals } from '#helpers/kubernetes/signals.ts'
import { runDrill } from '#src/engine/drill/drill.ts'
import { memoryJournal } from '#src/engine/journal/journal.ts'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import type { DrillContext } from '#src/engine/drill/preflight.ts'
import {
  fails,
  type Drill,
  type DrillResult,
  type Judgement,
  type Policy,
  type Runtime,
} from '#src/model/index.ts'
import { drills } from '#specs/chaos/index.ts'
import { invariants } from '#specs/invariants/index.ts'
import { actingAs } from '#tests/guards/stage.ts'
import type { NodeName } from './node.ts'

/**
 * How long a recovery must last here, s instead of the minute of a real drill: what is tried is
 * whether it comes, many times over.
 */
const stability = '12 s'

export interface Stage {
  runtime: Runtime
  policy: Policy
  /** What does not hold or cannot be seen now. */
  bad(): Promise<readonly Judgement[]>
  /**
   * Puts the roles that `holdfast rbac` prints for some drills in force on the node, instead of
   * those that were; nobody else's are touched.
   */
  applyRoles(names: readonly string[]): void
  /** Everything that an account of those roles can reach. */
  reachAs(account: Account): Runtime
  /** Runs a drill as `holdfast drill` does. */
  run(name: string, change?: Partial<Drill>, context?: Partial<DrillContext>): Promise<DrillResult>
  /**
   * Runs a drill under the role that is printed for it alone, its guards asked, as somebody does
   * who has no more.
   */
  runInRole(name: string): Promise<DrillResult>
}

function drillOf(name: string): Drill {
  const drill = drills.find(candidate => candidate.name === name)
  if (drill === undefined) throw new Error(`there is no drill ${name}`)
  return drill
}

/** One of the run's nodes. Nobody else may work on it at the same time. */
export async function stageOn(node: NodeName): Promise<Stage> {
  const settings = inject('nodes')[node]
  const { runtime, policy } = await openTarget(settings, await loadPolicy(settings.cluster), {
    drills: true,
  })

  /** @source k3s, where it writes its own kubeconfig */
  const kubectl = [
    'exec',
    '-i',
    policy.nodes[0]?.container?.name ?? '',
    'kubectl',
    '--kubeconfig',
    '/etc/rancher/k3s/k3s.yaml',
  ] as const
  const asAdministrator = (words: readonly string[], input?: string): string =>
    execFileSync('docker', [...kubectl, ...words], {
      encoding: 'utf8',
      ...(input === undefined ? {} : { input }),
    })

  const stage: Stage = {
    runtime,
    policy,
    async bad() {
      const { judgements } = await evaluate(invariants, runtime, policy)
      return judgements.filter(fails)
    },
    applyRoles(names) {
      asAdministrator([
        'delete',
        'clusterroles,clusterrolebindings,roles,rolebindings',
        '-A',
        '-l',
        rbacLabel,
        '--ignore-not-found',
      ])
      asAdministrator(
        ['apply', '-f', '-'],
        rbacYaml(policy, { invariants, drills: names.map(drillOf), signals }),
      )
    },
    reachAs: account => actingAs(runtime, account),
    run: (name, change = {}, context = {}) =>
      runDrill(
        { ...drillOf(name), stability, ...change },
        { runtime, policy, faults, signals, journal: memoryJournal(), ...context },
      ),
    runInRole(name) {
      stage.applyRoles([name])
      const own = stage.reachAs('drill')
      return stage.run(name, {}, { runtime: own, guard: asked => askGuards(asked, own, policy) })
    },
  }
  return stage
}
