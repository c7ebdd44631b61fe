// Heals a cluster: runs the fixes that violated invariants call for, if they may act on the target.
import { fixes } from '#helpers/fixes.ts'
import { heal as healAll, type Healed } from '#src/engine/heal/heal.ts'
import type { Policy, Runtime } from '#src/model/index.ts'
import { eventText } from '#src/reporting/sentences.ts'
import { invariants } from '#specs/invariants/index.ts'
import { evaluateTarget } from './evidence/host.ts'
import { worldOf } from './process/state.ts'
import { stoppable, stopped } from './process/stop.ts'
import type { Progress } from './progress.ts'
import { saveAttempts, loadAttempts } from './recovery/attempts.ts'
import { gate, missingPermissions, type CanRun } from './recovery/host-first.ts'
import { disabledFixes } from './requested.ts'
import type { Settings } from './settings.ts'

/** Heals a target by the given invariants. */
export const healTarget = (
  runtime: Runtime,
  policy: Policy,
  settings: Settings,
  progress: Progress,
  options: { apply: boolean; invariants?: typeof invariants; may?: CanRun },
): Promise<Healed> => {
  const selected = options.invariants ?? invariants
  const may: CanRun =
    runtime.target.kind === 'live'
      ? gate(runtime, policy, 'all').may
      : fix => missingPermissions(fix, runtime, policy)
  const world = options.apply ? worldOf(runtime, policy, settings) : undefined
  const now = (): number => runtime.clock.now()
  // A fix that has started is finished: a VM that was stopped and not started is worse than a late
  // exit.
  return stoppable(async () =>
    healAll(
      {
        runtime,
        policy,
        invariants: selected,
        disabled: disabledFixes(settings),
        evaluate: () => evaluateTarget(selected, runtime, policy),
        may: options.may ?? may,
        signal: stopped,
        ...(world === undefined
          ? {}
          : {
              memory: await loadAttempts(world, fixes, now(), progress.step),
              remember: memory => saveAttempts(world, memory, fixes, now(), progress.step),
            }),
        add: event => progress.detail(eventText(event)),
      },
      { apply: options.apply },
    ),
  )
}
