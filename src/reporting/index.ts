// The door of the reports: a run in, text or files out.
export { html } from './html/page.ts'
export { readRun, reportJson, runJsonSchema, runSchema } from './json.ts'
export { junit } from './junit.ts'
export {
  block,
  explain,
  line,
  messageOfDrill,
  messageOfJudgement,
  type Message,
} from './message.ts'
export { screen, type ScreenOptions } from './terminal.ts'
export { latestRun, ReportError, writeReports } from './write.ts'
