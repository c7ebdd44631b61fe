// Why a drill still differs between lab and node where it does: each difference needs a reason, and
// each reason a difference.

export interface DrillReason {
  /** Names of drills. */
  drill: RegExp
  /** What differs: `outcome`, a mark, or an object by its name in the stories. */
  of: RegExp
  why: string
}

export const drillReasons: readonly DrillReason[] = [
  {
    drill: /^typesense-hangs$/,
    of: /^pod sandbox\/redis-0/,
    why:
      'After a kubelet restarts a container for its liveness, ' +
      'it judges the new container for a second by the results of the old one, ' +
      'and reports Ready too early. Then it starts again. ' +
      'The lab’s kubelet starts again at once.',
  },
  {
    drill: /^node-container-paused$/,
    of: /^(?:order of milestones|service answering)$/,
    why:
      'The node image keeps its pods in a separate cgroup tree, ' +
      'which docker pause does not freeze: its API hangs and its services answer. ' +
      'In the lab, as on a node whose pods belong to its container, both freeze.',
  },
  {
    drill: /^(?:api-port-drifts|flannel-loses-its-subnet|node-container-killed)$/,
    of: /^events of lease /,
    why: 'The lab has no leader election and no events of it.',
  },
  {
    drill: /^(?:api-port-drifts|flannel-loses-its-subnet|node-container-killed)$/,
    of: /^events of node /,
    why:
      'On a node, the restarted controller manager first waits until the lease of its ' +
      'predecessor expires: RegisteredNode comes some 20 s after the API. ' +
      'In the lab it comes after 2 to 3 s, as on a node whose stop took its ten seconds, ' +
      'in which that lease expired. The lab’s node has cgroup v2 and no warning about cgroup ' +
      'v1. The recording of the node lacks the events from the time in which its kubeconfig had ' +
      'the wrong port.',
  },
  {
    drill: /^(?:flannel-loses-its-subnet|node-container-killed)$/,
    of: /^(?:events of )?pod /,
    why:
      'The node’s API has another port after the restart. Until the kubeconfig has that port, ' +
      'the recorder sees nothing, so the beginning of the story is missing.',
  },
]
