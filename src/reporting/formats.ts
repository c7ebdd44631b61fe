// The formats of a run's report. A new format is a file that renders a run, and a line here: every
// run then writes it to its folder, and `--format` prints it.
import type { Run } from '#src/model/index.ts'
import type { RunFormatName } from './format-names.ts'
import { html } from './html/page.ts'
import { reportJson } from './json.ts'
import { junit } from './junit.ts'

export interface RunFormat {
  /** The name of its file in the folder of a run. */
  readonly file: string
  /** The same run gives the same text. Throws a ReportError for a run that breaks the schema. */
  render(run: Run): string
}

export const runFormats = {
  json: { file: 'report.json', render: reportJson },
  junit: { file: 'junit.xml', render: junit },
  html: { file: 'report.html', render: html },
} as const satisfies Readonly<Record<RunFormatName, RunFormat>>
