// Incidents: the container of the node is killed and stays down, or is frozen. (joelclaw history,
// 2026-04-12; ADR-0148, Context)
import { killContainer, pauseContainer } from '#helpers/docker/faults.ts'
import { drill, verify, type PolicyNode, present } from '#helpers/index.ts'
import { steadyState } from '#specs/invariants/index.ts'
import { nodeContainersRun } from '#specs/invariants/nodes.spec.ts'
import { claimsAreBound } from '#specs/invariants/storage.spec.ts'
import { afterARestart } from './after-a-restart.ts'

const container = (node: PolicyNode | undefined): readonly string[] =>
  present(node?.container).map(({ name }) => name)

export const nodeContainerIsKilled = drill({
  name: 'node-container-killed',
  title: 'a node whose container was killed is started again, and its workloads recover',
  incident: {
    story:
      'after a reboot the container of the node stayed down, Exited (255), and nothing started it',
    source: 'joelclaw history, 2026-04-12: down after a reboot',
  },
  steadyState,
  // Claims live on a volume of the container, not in it. Losing one is worse than any outage.
  always: [claimsAreBound],
  on: () => ({ by: 'role', role: 'control-plane' }),
  faults: (_, node) => container(node).map(name => killContainer({ container: name })),
  breaks: [{ invariant: nodeContainersRun, within: '15 s' }],
  healer: 'holdfast',
  expects: ['start-node-container', ...afterARestart],
  // Two evaluations 5 s apart, and what a restart takes. @source measured on a v1.35 node: docker
  // restart, everything ready after 30 s
  budgets: { detected: '15 s', 'service answering': '240 s', recovered: '300 s' },
  stability: '60 s',
})

export const nodeContainerIsPaused = drill({
  name: 'node-container-paused',
  title: 'a frozen node container is detected although it is running, and resumes',
  incident: {
    story:
      'a machine is up but frozen: connections open or wait, none is refused, ' +
      'and its API and kubelet do not answer',
    source: 'ADR-0148, Context; k8s skill (first vintage), Danger Zones 4',
  },
  steadyState,
  on: () => ({ by: 'role', role: 'control-plane' }),
  faults: (_, node) => container(node).map(name => pauseContainer({ container: name })),
  breaks: [{ invariant: nodeContainersRun, within: '15 s' }],
  healer: 'holdfast',
  expects: ['start-node-container', ...afterARestart],
  // Two evaluations 5 s apart, and it goes on where it was. @source measured on a v1.35 node:
  // docker pause
  budgets: { detected: '15 s', 'service answering': '90 s', recovered: '120 s' },
  stability: '30 s',
})

verify(import.meta, nodeContainerIsKilled, nodeContainerIsPaused)
