// Probes: liveness, readiness and startup on every container that is meant to run for long.
import { invariant, verify, type Container, type Policy, type See, type Workload } from '../../helpers/index.ts'
import { workloadObject, workloadQuestions, workloadsIn, type WorkloadKind } from '../../helpers/probes/workloads.ts'

interface Owner {
  name: string
  kind: WorkloadKind
  namespace: string
  workload: string
}

const ownerOf = ({ namespace, kind, name }: Pick<Workload, 'namespace' | 'kind' | 'name'>): Owner => ({ name: `${namespace}/${name}`, kind, namespace, workload: name })

/** Long-running: all containers, and init containers that never end (sidecars). @source Kubernetes, sidecar containers: restartPolicy Always */
const longRunning = (see: See, owner: Owner): readonly Container[] | undefined => {
  const spec = workloadObject(see, owner.kind, owner.namespace, owner.workload)?.spec.template.spec
  return spec && [...spec.containers, ...(spec.initContainers ?? []).filter(container => container.restartPolicy === 'Always')]
}

const uses = {
  liveness: 'restarts it when it hangs',
  readiness: 'keeps traffic away until it can serve',
  startup: 'gives a slow start time before liveness counts',
} as const

export const containersHaveProbes = invariant({
  name: 'containers-have-probes',
  clauses: ['probes.liveness', 'probes.readiness', 'probes.startup', 'probes.known-gaps'],
  says: 'every long-running container has liveness, readiness and startup probes',
  why: 'without them a hung process stays Running and nobody notices: the data path of Typesense once hung for four days',
  subjects: policy => policy.workloads.filter(workload => workload.probes).map(ownerOf),
  discover: (see, policy: Policy) => policy.namespaces.flatMap(namespace => workloadsIn(see, namespace)
    .filter(({ kind, object }) => !policy.workloads.some(known => known.kind === kind && known.namespace === namespace && known.name === object.metadata.name))
    .map(({ kind, object }) => ownerOf({ kind, namespace, name: object.metadata.name }))),
  observe: () => workloadQuestions,
  judge(owner, see) {
    const containers = longRunning(see, owner)
    if (containers === undefined) {
      return [{ code: 'workload-missing', seen: `there is no ${owner.kind} ${owner.name}`, expected: 'it exists, with its probes', remedy: 'apply its manifest' }]
    }
    return containers.flatMap(container => (['liveness', 'readiness', 'startup'] as const)
      .filter(probe => container[`${probe}Probe`] === undefined)
      .map(probe => ({
        code: `probe-missing:${probe}`,
        seen: `container ${container.name} has no ${probe} probe`,
        expected: `a ${probe} probe, which ${uses[probe]}`,
        remedy: `add ${probe}Probe to container ${container.name} of ${owner.kind} ${owner.name}`,
      })))
  },
})

export const hostNetworkProbesPinLoopback = invariant({
  name: 'host-network-probes-pin-loopback',
  clauses: ['probes.host-network-loopback'],
  says: 'probes of containers on the host network ask 127.0.0.1',
  why: 'under hostNetwork the pod address is the node address, where the application does not listen: the probe fails and the container restarts for ever',
  subjects: policy => policy.workloads.filter(workload => workload.hostNetwork && workload.probes).map(ownerOf),
  observe: () => workloadQuestions,
  judge: (owner, see) => (longRunning(see, owner) ?? []).flatMap(container =>
    (['livenessProbe', 'readinessProbe', 'startupProbe'] as const).flatMap(key => {
      const host = container[key]?.httpGet?.host ?? container[key]?.tcpSocket?.host
      if (container[key] === undefined || container[key].exec !== undefined || host === '127.0.0.1') return []
      return [{
        code: `probe-host:${key}`,
        seen: `${key} of ${container.name} asks ${host ?? 'the pod address'}`,
        expected: 'host: 127.0.0.1',
        remedy: `patch ${owner.kind} ${owner.name} after each Helm upgrade: ${key}.httpGet.host = 127.0.0.1`,
      }]
    })),
})

verify(import.meta, containersHaveProbes, hostNetworkProbesPinLoopback)
