// The end of a verb: reports on disk, one screen or one format on stdout, and the exit code.
import { join, resolve } from 'node:path'
import { stdout } from 'node:process'
import { runFormats } from '#src/reporting/formats.ts'
import { screen } from '#src/reporting/terminal.ts'
import { makeFolder, writeReports } from '#src/reporting/write.ts'
import type { Run } from '#src/model/index.ts'
import type { Arguments } from './arguments.ts'
import { colour } from './colour.ts'
import { writeOutputs } from './outputs.ts'
import { exits } from '#src/runs/process/exit.ts'
import { onLeaving, stopCode } from '#src/runs/process/stop.ts'

/** The flags with which a report verb shows a run. */
export type ShowOptions = Pick<Arguments, 'outputs' | 'full'>

/** Writes a run where --format wants it, and the screen or one format to stdout. */
export function show(run: Run, { outputs, full }: ShowOptions, folder?: string): void {
  writeOutputs(outputs, (format, toFile) => {
    if (format !== 'terminal') return runFormats[format].render(run)
    const width = toFile ? 100 : (stdout.columns ?? 100)
    const screenOptions = { colour: !toFile && colour(), width, full }
    return screen(run, folder === undefined ? screenOptions : { ...screenOptions, folder })
  })
}

/** The exit code of a signal overrides the others, except for a failed undo. */
const stoppedBy = (run: Run): Run =>
  run.exitCode === exits.undoIncomplete ? run : { ...run, exitCode: stopCode() ?? run.exitCode }

/** Writes the reports of a run, shows it, and returns its exit code. */
export async function finish(
  ended: Run,
  options: ShowOptions & Pick<Arguments, 'settings'>,
): Promise<number> {
  onLeaving(async () => {})
  const run = stoppedBy(ended)
  const written = await writeReports(run, { folder: options.settings.reports })
  show(run, options, written.folder)
  return run.exitCode
}

/**
 * Until the run is finished, a signal that ends the process at once still writes a report, of a run
 * that has seen nothing.
 */
export function reportOnLeaving(begun: () => Run, options: Parameters<typeof finish>[1]): void {
  onLeaving(() => finish(begun(), options))
}

/**
 * Creates the folder of all reports. Rejects with one clear message when it is not writable.
 * Called before a target is opened: a node may take a minute to start.
 */
export const requireReports = (reports: string): Promise<void> => makeFolder(resolve(reports))

/** Creates the folder of a run's files. Rejects with one clear message when it cannot. */
export async function folderOfRun(reports: string, id: string): Promise<string> {
  const folder = join(reports, id)
  await makeFolder(folder)
  return folder
}
