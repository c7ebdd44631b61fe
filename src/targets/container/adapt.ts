// Makes the policy of a started node from the cluster's policy and what was found on the node.
import type { Policy } from '#src/model/index.ts'

/** Facts about a node that is running. */
export interface Found {
  container: string
  /** Path of its kubeconfig. */
  kubeconfig: string
  /** Host ports by container-side port. */
  ports: ReadonlyMap<number, number>
  /** uid of namespace kube-system. */
  uid: string | undefined
  /** The DaemonSet of flannel; undefined: flannel is built in. */
  flannel: { namespace: string; name: string } | undefined
  /**
   * A word in the command line of the kubelet; undefined: the kubelet is part of another process.
   */
  kubelet: string | undefined
  /** The file on the host in which drills record their writes. */
  ledger: string
  /** Workloads that the node brings along. Their owners, not the policy, decide on their probes. */
  platform: readonly {
    kind: Policy['workloads'][number]['kind']
    namespace: string
    name: string
    replicas: number
  }[]
}

/** Workloads that the node brings along, as a policy states them. */
function broughtWorkloads(policy: Policy, { platform }: Found): Policy['workloads'] {
  const nameOf = ({ kind, namespace, name }: Found['platform'][number]): string =>
    `${kind} ${namespace}/${name}`
  const own = new Set(policy.workloads.map(nameOf))
  return platform
    .filter(workload => !own.has(nameOf(workload)))
    .map(workload => ({
      ...workload,
      probes: false,
      hostNetwork: false,
      warmUp: '60 s' as const,
      runsAsRoot: false,
      critical: false,
    }))
}

/** The ports, with the host ports that Docker gave them. Throws for one that it did not publish. */
const publishedPorts = ({ cluster, ports }: Policy, found: Found): Policy['ports'] =>
  ports.map(port => {
    const host = found.ports.get(port.container)
    if (host !== undefined) return { ...port, host }
    throw new Error(
      `${found.container} does not publish ${port.container}/tcp, which ${cluster} maps. ` +
        'Another version of holdfast may have started it. ' +
        `Remove it: docker rm -f -v ${found.container}`,
    )
  })

const flannelOf = ({ flannel }: Found): Policy['network']['flannel'] =>
  flannel === undefined
    ? { as: 'built-in' }
    : { as: 'daemonset', ...flannel, subnetEnv: '/run/flannel/subnet.env' }

function drillTargetsOf(
  { drillTargets }: Policy,
  { kubelet, ledger }: Found,
): Policy['drillTargets'] {
  const { writing } = drillTargets
  return {
    ...drillTargets,
    ...(writing && { writing: { ...writing, ledger } }),
    ...(kubelet !== undefined && { kubelet: { word: kubelet } }),
  }
}

/**
 * The policy of the node that was found. Throws where the node does not publish a port that the
 * policy maps.
 */
export function adapted(policy: Policy, found: Found): Policy {
  const brought = broughtWorkloads(policy, found)
  const { kubeconfig, uid: kubeSystemUid } = found
  return {
    ...policy,
    identity: {
      ...policy.identity,
      kubeconfig,
      ...(kubeSystemUid !== undefined && { kubeSystemUid }),
    },
    nodes: policy.nodes.map(node => ({
      ...node,
      ...(node.container && { container: { ...node.container, name: found.container } }),
    })),
    namespaces: [...new Set([...policy.namespaces, ...brought.map(({ namespace }) => namespace)])],
    network: { ...policy.network, flannel: flannelOf(found) },
    workloads: [...policy.workloads, ...brought],
    drillTargets: drillTargetsOf(policy, found),
    ports: publishedPorts(policy, found),
  }
}
