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
    why: 'A kubelet that restarts a container for its liveness judges the new one for a second by what it knew of the old one, and says Ready too early; then it starts from the beginning. The lab’s kubelet begins anew at once.',
  },
  {
    drill: /^node-container-paused$/,
    of: /^(?:order of marks|service answering)$/,
    why: 'The node image keeps its pods in a tree of cgroups of their own, which docker pause does not freeze: its API hangs and its services answer. In the lab, as on a node whose pods belong to its container, both stand still.',
  },
  {
    drill: /^(?:api-port-drifts|flannel-loses-its-subnet|node-container-killed)$/,
    of: /^events of lease /,
    why: 'The lab has no leader election and says nothing of it.',
  },
  {
    drill: /^(?:api-port-drifts|flannel-loses-its-subnet|node-container-killed)$/,
    of: /^events of node /,
    why: 'After a restart the controller manager first waits for the lease of the one before: RegisteredNode comes some 20 s after the API there. In the lab it comes after 2 to 3 s, as on a node that took its ten seconds to be stopped, in which that lease ran out. The lab’s node has cgroup v2 and no warning of it. What the recorder did not hear while its kubeconfig led nowhere is missing on the node’s side.',
  },
  {
    drill: /^(?:flannel-loses-its-subnet|node-container-killed)$/,
    of: /^(?:events of )?pod /,
    why: 'The node’s API has another port after the restart: until the kubeconfig leads there again, the recorder sees nothing, and the beginning of the story is missing.',
  },
]
