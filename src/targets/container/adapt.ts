// From the sandbox's policy and what was found on the node that was started, to the policy of that
// node: data in, data out.
import type { Policy } from '#src/model/index.ts'

/** What is known only once a node runs. */
export interface Found {
  container: string
  /** Path of the kubeconfig that leads to it. */
  kubeconfig: string
  /** Host ports by container-side port. */
  ports: ReadonlyMap<number, number>
  /** uid of namespace kube-system. */
  uid: string | undefined
  /** Whether flannel is a DaemonSet there; else it is built in. */
  flannel: { namespace: string; name: string } | undefined
  /** A word by which the kubelet's process is known; undefined where it is part of another. */
  kubelet: string | undefined
  /** A file of the host for what drills write. */
  ledger: string
  /** Workloads that the node brings with it: their owners write their probes. */
  platform: readonly {
    kind: Policy['workloads'][number]['kind']
    namespace: string
    name: string
    replicas: number
  }[]
}

/**
 * The policy, about the node that was found. Throws where the node lacks a port that the policy
 * maps.
 */
export function adapted(policy: Policy, found: Found): Policy {
  const hostOf = (container: number): number => {
    const host = found.ports.get(container)
    if (host === undefined)
      throw new Error(
        `${found.container} does not publish ${container}/tcp, which ${policy.cluster} maps: was it started by another version? Remove it: docker rm -f -v ${found.container}`,
      )
    return host
  }
  const known = new Set(
    policy.workloads.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`),
  )
  const platform = found.platform.filter(
    ({ kind, namespace, name }) => !known.has(`${kind} ${namespace}/${name}`),
  )
  return {
    ...policy,
    identity: {
      ...policy.identity,
      kubeconfig: found.kubeconfig,
      ...(found.uid === undefined ? {} : { kubeSystemUid: found.uid }),
    },
    nodes: policy.nodes.map(node =>
      node.container === undefined
        ? node
        : { ...node, container: { ...node.container, name: found.container } },
    ),
    namespaces: [...new Set([...policy.namespaces, ...platform.map(({ namespace }) => namespace)])],
    network: {
      ...policy.network,
      flannel:
        found.flannel === undefined
          ? { as: 'built-in' }
          : { as: 'daemonset', ...found.flannel, subnetEnv: '/run/flannel/subnet.env' },
    },
    workloads: [
      ...policy.workloads,
      ...platform.map(workload => ({
        ...workload,
        probes: false,
        hostNetwork: false,
        warmUp: '60 s' as const,
        runsAsRoot: false,
        critical: false,
      })),
    ],
    drillTargets: {
      ...policy.drillTargets,
      ...(policy.drillTargets.writing === undefined
        ? {}
        : { writing: { ...policy.drillTargets.writing, ledger: found.ledger } }),
      ...(found.kubelet === undefined ? {} : { kubelet: { word: found.kubelet } }),
    },
    ports: policy.ports.map(port => ({ ...port, host: hostOf(port.container) })),
  }
}
