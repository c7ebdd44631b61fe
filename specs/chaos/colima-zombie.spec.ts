// Incident 2026-02-28: Colima says Running, its socket and ssh are dead, start does nothing. (k8s
// skill, Danger Zones 4)
import { zombie } from '#helpers/colima/faults.ts'
import { drill, verify } from '#helpers/index.ts'
import { portsAnswer } from '#specs/invariants/exposure.spec.ts'
import { colimaTellsTheTruth } from '#specs/invariants/host.spec.ts'
import { steadyState } from '#specs/invariants/index.ts'
import { claimsAreBound } from '#specs/invariants/storage.spec.ts'
import { afterABoot } from './after-a-restart.ts'

export const colimaIsAZombie = drill({
  name: 'colima-zombie',
  title: 'a VM that reports Running while it is dead is detected and restarted',
  incident: {
    story:
      'status said Running while the Docker socket and ssh were dead; every service port ' +
      'refused, and start was a no-op',
    source: 'k8s skill (first vintage), Danger Zones 4; joelclaw history, 2026-02-28',
  },
  steadyState,
  // The data are on the VM's own disk. Losing a claim is worse than any outage.
  always: [claimsAreBound],
  faults: policy => [zombie({ profile: policy.host?.profile ?? 'default' })],
  breaks: [
    { invariant: colimaTellsTheTruth, within: '30 s' },
    { invariant: portsAnswer, within: '30 s' },
  ],
  healer: 'holdfast',
  expects: ['cycle-colima', ...afterABoot],
  // Six evaluations 5 s apart before the cycle, then what a restart takes. @source joelclaw
  // history, time budgets
  budgets: { detected: '30 s', 'service answering': '300 s', recovered: '480 s' },
  stability: '60 s',
})

verify(import.meta, colimaIsAZombie)
