// Incident: a service that a person exposed by port-forward; the forward dies silently and its
// users wait. (ADR-0148, Service Exposure)
import { deadPortForward } from '#helpers/host/faults.ts'
import { drill, verify, present } from '#helpers/index.ts'
import { noPortForwards } from '#specs/invariants/exposure.spec.ts'
import { steadyState } from '#specs/invariants/index.ts'

export const portForwardDiesSilently = drill({
  name: 'port-forward-dies-silently',
  title: 'a dead port-forward is detected and ended',
  incident: {
    story: 'kubectl port-forward died silently and broke the pipelines that ran through it',
    source: 'ADR-0148, Context and Service Exposure',
  },
  steadyState,
  targets: ['forwarded'],
  faults: ({ drillTargets: { forwarded } }) => present(forwarded).map(deadPortForward),
  breaks: [{ invariant: noPortForwards, within: '15 s' }],
  healer: 'holdfast',
  expects: ['end-dead-port-forward'],
  // Three evaluations 5 s apart before the fix may act, and one kill. @source joelclaw history,
  // Talon: 3 consecutive failures
  budgets: { detected: '15 s', recovered: '60 s' },
  stability: '30 s',
})

verify(import.meta, portForwardDiesSilently)
