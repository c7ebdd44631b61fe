// `holdfast schedule`: keeps the nightly run under a timer of the system, shows it, and takes it
// away.
import { stdout } from 'node:process'
import type { Arguments } from '#src/cli/arguments.ts'
import { carryOut } from '#src/cli/schedule/carry-out.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { requireActive } from '#src/runs/requested.ts'
import { UsageError } from '#src/runs/settings.ts'
import { openTarget } from '#src/runs/target.ts'

export async function schedule(given: Arguments): Promise<number> {
  const { settings, schedule: options } = given
  if (options === undefined) throw new TypeError('the flags of schedule were not read')
  if (settings.target === 'container')
    throw new UsageError(
      'schedule is about timers of this host: use --target live, or lab for a rehearsal. ' +
        'The node of --target container ends with its run.',
    )
  const policy = await loadPolicy(settings.cluster)
  requireActive(policy)
  const target = await openTarget(settings, policy)
  try {
    return await carryOut(target, given, options, text => stdout.write(text))
  } finally {
    await target.close()
  }
}
