// Why the lab still differs from a real node where it does. A line that no reason explains fails
// the test, and so does a reason without a line.
import type { Reason } from './explain.ts'

export const reasons: readonly Reason[] = [
  {
    on: /^explain /,
    lines: /^/,
    why: 'The lab’s schemas hold fields and their types. The texts of the API reference, its lists of values and its marks of required fields are left to the real server.',
  },
  {
    on: /^(?:describe node|describe daemonset)/,
    lines: /^(?:Events:| Type Reason| ----| Normal (?:RegisteredNode|SuccessfulCreate) )/,
    why: 'The node of the lab is two hours old when it is first served: the events of its start are past the hour that events live.',
  },
  {
    on: /^get configmaps -A$/,
    lines:
      /extension-apiserver-authentication|kube-apiserver-legacy-service-account-token-tracking/,
    why: 'Notes of the API server to itself, for extension servers and old tokens; the lab has neither.',
  },
  {
    on: /^get componentstatuses$/,
    lines: /^/,
    why: 'Deprecated since v1.19. The lab has no etcd, scheduler and controller manager of their own to ask.',
  },
  {
    on: /^describe pvc /,
    lines: / WaitFor(?:FirstConsumer|PodScheduled) /,
    varies: true,
    why: 'A StatefulSet’s claim and its pod are made in the same moment in the lab; on a node there are some 10 ms between them, in which the claim has nobody who waits for it.',
  },
  {
    on: /^patch pod redis-0 .*nodeName/,
    lines: /^/,
    why: 'The refusal ends with a comparison of two Go structures, which the lab does not have; the sentence before it is the same.',
  },
  {
    on: /^autoscale /,
    lines: /^/,
    why: 'The lab has no autoscaler: it serves the kind, and refuses to create one.',
  },
]
