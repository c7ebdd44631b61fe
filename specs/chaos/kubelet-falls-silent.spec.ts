// Incident: a node runs, its kubelet is silent, and the API shows an old state of its pods.
// (honeydue, 16 — Failure Modes, One node's NIC fails)
import { stopKubelet } from '#helpers/docker/faults.ts'
import { drill, present, verify } from '#helpers/index.ts'
import { steadyState } from '#specs/invariants/index.ts'
import { nodesAreReady } from '#specs/invariants/nodes.spec.ts'

export const kubeletFallsSilent = drill({
  name: 'kubelet-falls-silent',
  title: 'a node whose kubelet stops reporting for two minutes counts as not Ready, and recovers',
  incident: {
    story:
      'an unreachable node shows its last good status for 40 s and more; ' +
      'then it is NotReady, and its endpoints disappear although its pods run',
    source: "16 — Failure Modes, Failure catalog › Node-level › One node's NIC fails",
  },
  steadyState,
  on: () => ({
    by: 'not-leader',
    lease: { namespace: 'kube-system', name: 'kube-controller-manager' },
  }),
  faults: ({ drillTargets: { kubelet } }, node) =>
    present(kubelet).flatMap(({ word }) =>
      present(node?.container).map(({ name }) =>
        stopKubelet({ container: name, word, during: '120 s' }),
      ),
    ),
  // @source Kubernetes default, node-monitor-grace-period 50 s, checked every 5 s
  breaks: [{ invariant: nodesAreReady, within: '70 s' }],
  healer: 'cluster',
  expects: [],
  // The two minutes of the fault, a status of the kubelet and the endpoints of its pods. @source
  // Kubernetes default, kubelet status every 10 s
  budgets: { detected: '70 s', 'service answering': '160 s', recovered: '180 s' },
  stability: '30 s',
})

verify(import.meta, kubeletFallsSilent)
