// `holdfast drill --dry-run`: prints what selected scenarios would do to a target, and changes
// nothing.
import { onSubject } from '#src/engine/drill/subject.ts'
import { stdout } from 'node:process'
import { faults } from '#helpers/faults.ts'
import { readOnly } from '#helpers/forbidden/read-only.ts'
import { planDrill } from '#src/engine/guards/plan.ts'
import { planText, plansJson } from '#src/reporting/guards/plan.ts'
import type { DrillPlan, Policy } from '#src/model/index.ts'
import { drills } from '#specs/chaos/index.ts'
import type { Arguments } from './arguments.ts'
import { exits } from '#src/runs/process/exit.ts'
import { progressOn } from '#src/runs/progress.ts'
import { seedFor } from '#src/runs/seed.ts'
import type { Settings } from '#src/runs/settings.ts'
import { activeOn, guardContext } from '#src/runs/process/guard-context.ts'
import { openTarget } from '#src/runs/target.ts'

/** Plans scenarios by name; changes nothing. */
export async function plansOf(
  names: readonly string[],
  policy: Policy,
  settings: Settings,
): Promise<readonly DrillPlan[]> {
  const progress = progressOn()
  const plans: DrillPlan[] = []
  for (const drill of drills.filter(({ name }) => names.includes(name))) {
    progress.step(`planning ${drill.name} on ${policy.cluster} (${settings.target})`)
    const target = await openTarget(settings, policy, {
      seed: seedFor(settings.seed, drill.name),
      drills: true,
      tell: progress.step,
    })
    try {
      const bound = await onSubject(drill, target.runtime, target.policy, settings.on)
      plans.push(
        await planDrill(
          bound.drill,
          target.runtime,
          bound.policy,
          { faults, readOnly },
          guardContext(settings, await activeOn(target, settings)),
        ),
      )
    } finally {
      await target.close()
    }
  }
  progress.done()
  return plans
}

/** Prints the plans of scenarios by name. Exit 4 if one would be refused. */
export async function planDrills(
  names: readonly string[],
  policy: Policy,
  { settings, json }: Pick<Arguments, 'settings' | 'json'>,
): Promise<number> {
  const plans = await plansOf(names, policy, settings)
  stdout.write(json ? plansJson(plans) : plans.map(planText).join('\n'))
  return plans.some(({ refusals }) => refusals.length > 0) ? exits.refused : exits.holds
}
