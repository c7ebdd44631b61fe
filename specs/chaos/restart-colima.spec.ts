// Incident: after a clean restart of Colima pods are Unknown, the taint is back, ports have moved.
// (ADR-0148, Post-Restart Recovery Checklist)
import { restartColima } from '#helpers/colima/faults.ts'
import { drill, verify } from '#helpers/index.ts'
import { portsAnswer } from '#specs/invariants/exposure.spec.ts'
import { steadyState } from '#specs/invariants/index.ts'
import { taintsAreTolerated } from '#specs/invariants/nodes.spec.ts'
import { claimsAreBound } from '#specs/invariants/storage.spec.ts'
import { afterABoot } from './after-a-restart.ts'

export const colimaRestarts = drill({
  name: 'restart-colima',
  title: 'everything comes back after a clean restart of Colima',
  incident: {
    story:
      'after a restart of the VM the control-plane taint is back, the API has moved to ' +
      'another port, and flannel has to write its subnet again',
    source:
      'ADR-0148, Post-Restart Recovery Checklist; k8s skill (first vintage), Resilience Rules 3',
  },
  steadyState,
  // The data are on the VM's own disk. Losing a claim is worse than any outage.
  always: [claimsAreBound],
  faults: policy => [restartColima({ profile: policy.host?.profile ?? 'default' })],
  // Docker hands random ports out from the first one again after a boot: the API may come back
  // where it was. @source colima, recorded: random published ports
  breaks: [
    { invariant: portsAnswer, within: '30 s' },
    { invariant: taintsAreTolerated, within: '180 s' },
  ],
  healer: 'holdfast',
  expects: afterABoot,
  // The gate of the old heal script: 120 s of warm-up and up to 300 s to converge. @source joelclaw
  // history, time budgets
  budgets: { detected: '30 s', 'service answering': '240 s', recovered: '420 s' },
  stability: '60 s',
})

verify(import.meta, colimaRestarts)
