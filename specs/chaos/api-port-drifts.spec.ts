// Incident 2026-03-21: a restart of the node container moves the unpinned API and Talos ports;
// kubectl is dead, services are fine. (ADR-0148, Kubeconfig Port Drift)
import { restartContainer } from '#helpers/docker/faults.ts'
import { drill, verify, present } from '#helpers/index.ts'
import {
  kubeconfigPointsToTheApi,
  talosconfigPointsToTalos,
} from '#specs/invariants/endpoints.spec.ts'
import { steadyState } from '#specs/invariants/index.ts'
import { afterARestart } from './after-a-restart.ts'

export const apiPortDrifts = drill({
  name: 'api-port-drifts',
  title: 'kubeconfig and talosconfig follow the API to its new ports',
  incident: {
    story:
      'Docker gave the API and Talos other host ports; services stayed healthy, every ' +
      'kubectl-dependent tool failed',
    source: 'ADR-0148, Kubeconfig Port Drift (2026-03-21)',
  },
  steadyState,
  on: () => ({ by: 'role', role: 'control-plane' }),
  faults: (_, node) =>
    present(node?.container).map(({ name }) => restartContainer({ container: name })),
  breaks: [
    { invariant: kubeconfigPointsToTheApi, within: '60 s' },
    { invariant: talosconfigPointsToTalos, within: '60 s' },
  ],
  healer: 'holdfast',
  expects: afterARestart,
  // The services answer 20 s after the start without help; Typesense may load for minutes. @source
  // measured on a v1.35 node; facts: time budgets
  budgets: { detected: '60 s', 'service answering': '180 s', recovered: '300 s' },
  stability: '60 s',
})

verify(import.meta, apiPortDrifts)
