// How a verb ends: reports on disk, one screen or the JSON on stdout, and the exit code.
import { join } from 'node:path'
import { stdout } from 'node:process'
import { reportJson } from '#src/reporting/json.ts'
import { screen } from '#src/reporting/terminal.ts'
import { makeFolder, writeReports } from '#src/reporting/write.ts'
import type { Run } from '#src/model/index.ts'
import type { Arguments } from '#src/cli/arguments.ts'
import { exits } from '#src/runs/process/exit.ts'
import { onLeaving, stopCode } from '#src/runs/process/stop.ts'

const colour = (): boolean =>
  stdout.isTTY && process.env['NO_COLOR'] === undefined && process.env['TERM'] !== 'dumb'

/** Shows a run on stdout. */
export function show(
  run: Run,
  { json, full }: Pick<Arguments, 'json' | 'full'>,
  folder?: string,
): void {
  stdout.write(
    json
      ? reportJson(run)
      : screen(run, {
          colour: colour(),
          width: stdout.columns ?? 100,
          full,
          ...(folder === undefined ? {} : { folder }),
        }),
  )
}

/**
 * What a signal has asked for counts more than how the rest ended, but for what could not be
 * undone.
 */
const stoppedBy = (run: Run): Run =>
  run.exitCode === exits.undoIncomplete ? run : { ...run, exitCode: stopCode() ?? run.exitCode }

/** Writes the reports of a run, shows it, and returns its exit code. */
export async function finish(
  ended: Run,
  options: Pick<Arguments, 'json' | 'full' | 'settings'>,
): Promise<number> {
  onLeaving(async () => {})
  const run = stoppedBy(ended)
  const written = await writeReports(run, { folder: options.settings.reports })
  show(run, options, written.folder)
  return run.exitCode
}

/**
 * Until it is finished, a signal that ends the process at once has a report written all the same,
 * of a run in which nothing was seen yet.
 */
export function reportOnLeaving(begun: () => Run, options: Parameters<typeof finish>[1]): void {
  onLeaving(() => finish(begun(), options))
}

/** Makes the folder of a run's files. Rejects with one clear message where that cannot be. */
export async function folderOfRun(reports: string, id: string): Promise<string> {
  const folder = join(reports, id)
  await makeFolder(folder)
  return folder
}
