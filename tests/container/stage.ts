// A run's node as a test gets it: behind the guard, with its policy.
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
 * The stability window here, s, instead of the minute of a real drill. The tests only check that
 * the recovery comes, many times over.
 */
const stability = '12 s'

export interface Stage {
  runtime: Runtime
  policy: Policy
  /** The verdicts that are violated or unknown now. */
  bad(): Promise<readonly Judgement[]>
  /**
   * Applies the roles that `holdfast rbac` prints for some drills, and removes the previous ones.
   * Touches no other roles.
   */
  applyRoles(names: readonly string[]): void
  /** Everything that an account with those roles can use. */
  reachAs(account: Account): Runtime
  /** Runs a drill as `holdfast drill` does. */
  run(name: string, change?: Partial<Drill>, context?: Partial<DrillContext>): Promise<DrillResult>
  /** Runs a drill, guards included, with only the permissions of its own printed role. */
  runInRole(name: string): Promise<DrillResult>
}

function drillOf(name: string): Drill {
  const drill = drills.find(candidate => candidate.name === name)
  if (drill === undefined) throw new Error(`there is no drill ${name}`)
  return drill
}

/** One of the run's nodes. Only one test may use it at a time. */
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
