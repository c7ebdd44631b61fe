// Incident: a Helm upgrade of PDS resets its NodePort; Docker still delivers to 3000. (k8s skill,
// PDS port trap)
import { resetNodePort } from '#helpers/kubernetes/faults/services.ts'
import { drill, verify, type Policy } from '#helpers/index.ts'
import { hostServicesUseNodePorts, portsAnswer } from '#specs/invariants/exposure.spec.ts'
import { steadyState } from '#specs/invariants/index.ts'

/** The port that the upgrade resets. */
const upgraded = ({ ports, drillTargets }: Policy) =>
  ports.filter(port => port.name === drillTargets.upgraded?.port)

export const pdsNodePortIsReset = drill({
  name: 'pds-nodeport-reset',
  title: 'a NodePort that a Helm upgrade resets is set back to the port of its mapping',
  incident: {
    story:
      'Docker maps 9627 to 3000; with any other NodePort traffic does not route, and each ' +
      'Helm upgrade sets one',
    source: 'k8s skill (first vintage), Services, PDS port trap',
  },
  steadyState,
  targets: ['upgraded'],
  faults: policy =>
    upgraded(policy).map(({ namespace, service }) =>
      resetNodePort({ namespace, service, nodePort: policy.drillTargets.upgraded?.nodePort ?? 0 }),
    ),
  breaks: [
    { invariant: hostServicesUseNodePorts, within: '15 s' },
    { invariant: portsAnswer, within: '30 s' },
  ],
  healer: 'holdfast',
  expects: ['patch-nodeport'],
  services: policy => upgraded(policy).map(port => port.name),
  // One patch, and kube-proxy's next second. @source measured on a v1.35 node: one-second grid
  budgets: { detected: '15 s', 'service answering': '60 s', recovered: '60 s' },
  stability: '30 s',
})

verify(import.meta, pdsNodePortIsReset)
