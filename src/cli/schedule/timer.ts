// Opens the timer of a command line: its owner, its platform, its parts and where they lie.
import type { Night, Policy, Runtime } from '#src/model/index.ts'
import { UsageError } from '#src/runs/settings.ts'
import type { Timer } from './change.ts'
import { chooseScheduler } from './choose.ts'
import { objectPlace } from './objects.ts'
import { ownerOf, type OwnerOptions } from './owner.ts'
import { filePlace, type Place } from './place.ts'

export interface TimerOptions extends OwnerOptions {
  /** A platform's name. Undefined: the one that this host has. */
  readonly timer: string | undefined
  /** Whether the platform is asked if it can be used. */
  readonly asked: boolean
}

/** The timer of a night. Throws a UsageError where no platform can keep it. */
export async function timerOf(
  { runtime, policy }: { runtime: Runtime; policy: Policy },
  night: Night,
  options: TimerOptions,
): Promise<Timer> {
  const owner = await ownerOf(runtime, options)
  const context = { runtime, policy, owner }
  const { name, scheduler } = await chooseScheduler(context, options.timer, options.asked)
  const schedule = scheduler.schedule(night, owner)
  const inCluster = schedule.parts.some(({ kind }) => kind === 'object')
  if (inCluster && options.system)
    throw new UsageError(`--system is about timers of a host; --timer ${name} makes none.`)
  const place: Place = inCluster ? objectPlace(runtime, policy) : filePlace(runtime)
  return { context, scheduler, schedule, place }
}
