// Writes the reports of a gate: one to stdout, the others to files.
import { cwd, stdout } from 'node:process'
import { gateGithub } from '#src/reporting/gate/github.ts'
import { gateJson } from '#src/reporting/gate/json.ts'
import { gateJunit } from '#src/reporting/gate/junit.ts'
import { gateOpenReports } from '#src/reporting/gate/openreports.ts'
import { gateSarif } from '#src/reporting/gate/sarif.ts'
import { gateScreen } from '#src/reporting/gate/terminal.ts'
import type { GateReport } from '#src/model/index.ts'
import { colour } from '#src/cli/colour.ts'
import { writeOutputs } from '#src/cli/outputs.ts'
import type { Format, GateOutput } from './arguments.ts'

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

/** Writes all reports; files first, so that the screen is the last thing on the terminal. */
export const writeReports = (outputs: readonly GateOutput[], shown: Rendered): void =>
  writeOutputs(outputs, (format, toFile) => textOf(format, shown, toFile))
