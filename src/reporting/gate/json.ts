// Writes a gate's report as JSON.
import type { GateFinding, GateReport } from '#src/model/index.ts'

/** Redacts the new value of a Secret's member: many people read reports, and --fix does not. */
const redacted = (one: GateFinding): GateFinding =>
  one.object?.kind === 'Secret' &&
  one.change !== undefined &&
  'to' in one.change &&
  typeof one.change.to === 'string'
    ? { ...one, change: { to: '…' } }
    : one

/** The report as JSON, with a trailing newline. */
export const gateJson = (report: GateReport): string =>
  `${JSON.stringify({ ...report, findings: report.findings.map(redacted) }, null, 2)}\n`
