// Where the reports of a gate go: one on the screen, the others to their files.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { cwd, env, stdout } from 'node:process'
import { gateGithub } from '#src/reporting/gate/github.ts'
import { gateJson } from '#src/reporting/gate/json.ts'
import { gateJunit } from '#src/reporting/gate/junit.ts'
import { gateOpenReports } from '#src/reporting/gate/openreports.ts'
import { gateSarif } from '#src/reporting/gate/sarif.ts'
import { gateScreen } from '#src/reporting/gate/terminal.ts'
import type { GateReport } from '#src/model/index.ts'
import { UsageError } from '#src/runs/settings.ts'
import type { Format, Output } from './arguments.ts'

const colour = (): boolean =>
  stdout.isTTY && env['NO_COLOR'] === undefined && env['TERM'] !== 'dumb'

export interface Rendered {
  report: GateReport
  texts: ReadonlyMap<string, string>
  full: boolean
}

function textOf(format: Format, { report, texts, full }: Rendered, toFile: boolean): string {
  switch (format) {
    case 'terminal':
      return gateScreen(report, {
        colour: !toFile && colour(),
        width: toFile ? 100 : Math.min(stdout.columns ?? 80, 120),
        full,
        texts,
      })
    case 'sarif':
      return gateSarif(report, { root: cwd() })
    case 'junit':
      return gateJunit(report)
    case 'json':
      return gateJson(report)
    case 'github':
      return gateGithub(report)
    case 'openreports':
      return gateOpenReports(report)
  }
}

function write(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  } catch (error) {
    throw new UsageError(
      `The report cannot be written to ${file}: ${error instanceof Error ? error.message : String(error)}. Choose another file.`,
    )
  }
}

/** Writes all reports; files first, so that the screen is the last thing a person sees. */
export function writeReports(outputs: readonly Output[], shown: Rendered): void {
  for (const { format, file } of outputs)
    if (file !== undefined) write(file, textOf(format, shown, true))
  for (const { format, file } of outputs)
    if (file === undefined) stdout.write(textOf(format, shown, false))
}
