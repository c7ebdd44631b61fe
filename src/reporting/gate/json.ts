// A gate's report as JSON.
import type { GateFinding, GateReport } from '#src/model/index.ts'

/**
 * What a member of a Secret is to become is not kept: the report lies where everybody reads it, and
 * --fix reads the file anew.
 */
const redacted = (one: GateFinding): GateFinding =>
  one.object?.kind === 'Secret' &&
  one.change !== undefined &&
  'to' in one.change &&
  typeof one.change.to === 'string'
    ? { ...one, change: { to: '…' } }
    : one

/** The report as JSON, with its last newline. */
export const gateJson = (report: GateReport): string =>
  `${JSON.stringify({ ...report, findings: report.findings.map(redacted) }, null, 2)}\n`
