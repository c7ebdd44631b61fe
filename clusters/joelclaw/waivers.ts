// Probe gaps that are known: who answers for each, why it is not closed yet, and until when that is accepted.
import type { PolicyInput } from '../../helpers/words/index.ts'

type Waiver = NonNullable<PolicyInput['waivers']>[number]

const gap = (workload: string, probes: readonly ('liveness' | 'readiness' | 'startup')[], until: `${number}-${number}-${number}`, reason: string): Waiver => ({
  invariant: 'containers-have-probes',
  subject: `joelclaw/${workload}`,
  findings: probes.map(probe => `probe-missing:${probe}`),
  owner: 'joel',
  reason,
  until,
})

export const waivers: readonly Waiver[] = [
  // The three that the ADR names.
  gap('typesense', ['liveness'], '2027-01-31', 'known gap of ADR-0148; liveness without a startup probe would kill it while it loads its indices'),
  gap('bluesky-pds', ['readiness', 'startup'], '2027-03-31', 'known gap of ADR-0148; the chart has no values for them, so they need a patch after each upgrade'),
  gap('system-bus-worker', ['startup'], '2027-01-31', 'known gap of ADR-0148; to be closed with the next change of its manifest'),
  // Those that its manifests show beyond the list.
  gap('typesense', ['startup'], '2027-01-31', 'not on the list of ADR-0148, but missing as well; comes together with the liveness probe'),
  gap('redis', ['startup'], '2027-03-31', 'not on the list of ADR-0148; starts within seconds as long as its append-only file is small'),
  gap('inngest', ['startup'], '2027-03-31', 'not on the list of ADR-0148; its liveness probe leaves it 70 s before the first restart'),
]
