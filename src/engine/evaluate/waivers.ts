// A waiver turns named findings of one subject into the verdict `waived` until its last day. After
// that day it becomes a finding itself.
import type { Finding, Verdict, Waiver } from '#src/model/index.ts'

const dayMs = 86_400_000

/** The first moment after the waiver's last day, UTC. */
const endOf = (waiver: Waiver): number => Date.parse(`${waiver.until}T00:00:00Z`) + dayMs

/** Joins the waivers of one subject. The earliest end counts. */
function together(waivers: readonly [Waiver, ...Waiver[]]): Waiver {
  const [first, ...rest] = waivers
  return rest.reduce<Waiver>(
    (sum, next) => ({
      ...sum,
      findings: [...sum.findings, ...next.findings],
      owner: sum.owner === next.owner ? sum.owner : `${sum.owner}, ${next.owner}`,
      reason: sum.reason === next.reason ? sum.reason : `${sum.reason}; ${next.reason}`,
      until: sum.until < next.until ? sum.until : next.until,
    }),
    first,
  )
}

const expired = (waiver: Waiver): Finding => ({
  code: 'waiver-expired',
  seen: `the waiver of ${waiver.owner} for ${waiver.findings.join(', ')} ended on ${waiver.until}`,
  expected: 'a finding is mended or its waiver renewed before it ends',
  remedy:
    'mend it, or renew the waiver in the policy with a new day ' +
    `(its reason was: ${waiver.reason})`,
})

/**
 * Applies waivers to the verdict of an invariant on a subject. Findings that no waiver covers stay
 * violated.
 */
export function waive(
  verdict: Verdict,
  invariant: string,
  subject: string,
  waivers: readonly Waiver[],
  now: number,
): Verdict {
  if (verdict.kind !== 'violated') return verdict
  const found = new Set(verdict.findings.map(finding => finding.code))
  const concerned = waivers.filter(
    waiver =>
      waiver.invariant === invariant &&
      waiver.subject === subject &&
      waiver.findings.some(code => found.has(code)),
  )
  const [first, ...valid] = concerned.filter(waiver => endOf(waiver) > now)
  const covered = new Set([first, ...valid].flatMap(waiver => waiver?.findings ?? []))
  const open = verdict.findings.filter(finding => !covered.has(finding.code))
  const ended = concerned.filter(
    waiver =>
      endOf(waiver) <= now && waiver.findings.some(code => found.has(code) && !covered.has(code)),
  )
  if (open.length > 0 || first === undefined)
    return { kind: 'violated', findings: [...open, ...ended.map(expired)] }
  const waiver = together([first, ...valid])
  return {
    kind: 'waived',
    findings: verdict.findings,
    waiver,
    daysLeft: Math.ceil((endOf(waiver) - now) / dayMs),
  }
}
