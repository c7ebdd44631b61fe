// The reasons for the remaining differences between the lab and a real node. The test fails for a
// line without a reason, and for a reason without a line.
import type { Reason } from './explain.ts'

export const reasons: readonly Reason[] = [
  {
    on: /^explain /,
    lines: /^/,
    why:
      'The schemas of the lab contain fields and their types. ' +
      'They omit the texts of the API reference, its lists of values and its markers of ' +
      'required fields.',
  },
  {
    on: /^(?:describe node|describe daemonset)/,
    lines: /^(?:Events:| Type Reason| ----| Normal (?:RegisteredNode|SuccessfulCreate) )/,
    why:
      'The node of the lab is two hours old when the lab first serves it. ' +
      'Events live for one hour, so the events of its start are gone.',
  },
  {
    on: /^get configmaps -A$/,
    lines:
      /extension-apiserver-authentication|kube-apiserver-legacy-service-account-token-tracking/,
    why:
      'The API server writes these for itself, for extension servers and old tokens. ' +
      'The lab has neither.',
  },
  {
    on: /^get componentstatuses$/,
    lines: /^/,
    why:
      'Deprecated since v1.19. The lab has no separate etcd, ' +
      'scheduler and controller manager to ask.',
  },
  {
    on: /^describe pvc /,
    lines: / WaitFor(?:FirstConsumer|PodScheduled) /,
    varies: true,
    why:
      'The lab creates a StatefulSet’s claim and its pod at the same time. ' +
      'On a node some 10 ms pass in between, during which no pod waits for the claim.',
  },
  {
    on: /^patch pod redis-0 .*nodeName/,
    lines: /^/,
    why:
      'The refusal ends with a comparison of two Go structures, which the lab does not have. ' +
      'The sentence before it is the same.',
  },
  {
    on: /^autoscale /,
    lines: /^/,
    why: 'The lab has no autoscaler: it serves the kind and refuses to create one.',
  },
]
