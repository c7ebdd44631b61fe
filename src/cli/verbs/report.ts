// `holdfast report`: shows the last run again.
import { join, resolve } from 'node:path'
import { latestRun } from '#src/reporting/write.ts'
import { liveRuntime } from '#src/targets/live/index.ts'
import type { Arguments } from '#src/cli/arguments.ts'
import { UsageError } from '#src/runs/settings.ts'
import { show } from '#src/cli/output.ts'

/** Time limit for opening the page in a browser, ms. */
const openPatience = 10_000

export async function report(options: Arguments): Promise<number> {
  const { reports } = options.settings
  const run = await latestRun(reports)
  if (run === undefined)
    throw new UsageError(
      `No run in ${resolve(reports)} yet. holdfast nightly makes one; --reports names ` +
        'another folder.',
    )
  const folder = join(reports, run.id)
  if (options.open) {
    const program = process.platform === 'darwin' ? 'open' : 'xdg-open'
    const page = resolve(folder, 'report.html')
    const exit = await liveRuntime().shell.run([program, page], { deadline: openPatience })
    if (exit.kind !== 'exited' || exit.code !== 0)
      throw new UsageError(`${program} could not open ${page}. Open it by hand.`)
  }
  show(run, options, folder)
  return run.exitCode
}
