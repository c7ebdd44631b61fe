// Fixes for Services: the NodePort that a Helm upgrade resets.
import { openKube, resources } from '../adapters/kube.ts'
import { services } from '../probes/kubernetes.ts'
import { fix } from '../words/index.ts'

export const patchNodePort = fix({
  name: 'patch-nodeport',
  clauses: ['exposure.nodeport-equals-container-port', 'exposure.pds-nodeport-3000'],
  says: 'set NodePorts back to the container side of their mapping',
  why: 'a Helm upgrade picks a NodePort of its own; Docker goes on delivering to the old one',
  harm: 'none',
  settles: '15 s',
  observe: () => [services],
  plan: (see, policy) => policy.ports.flatMap(port => {
    const service = see(services).find(candidate => candidate.metadata.namespace === port.namespace && candidate.metadata.name === port.service)
    const ports = service?.spec.ports ?? []
    if (service === undefined || ports.some(candidate => candidate.nodePort === port.nodePort)) return []
    // The entry that belongs to this port is the one whose NodePort no other line of the table claims.
    const index = ports.findIndex(candidate => !policy.ports.some(other => other.service === port.service && other.namespace === port.namespace && other.nodePort === candidate.nodePort))
    if (index < 0) return []
    const typed = service.spec.type === 'NodePort' ? [] : [{ op: 'replace', path: '/spec/type', value: 'NodePort' }]
    const patch = [...typed, { op: ports[index]?.nodePort === undefined ? 'add' : 'replace', path: `/spec/ports/${index}/nodePort`, value: port.nodePort }]
    return [{
      says: `kubectl patch svc ${port.service} -n ${port.namespace} --type=json -p '${JSON.stringify(patch)}'`,
      async apply(reach) {
        const api = await openKube({ reach, deadline: 20_000, signal: new AbortController().signal }, policy.identity)
        await api.patch(resources.services, port.service, port.namespace, 'json', patch)
      },
    }]
  }),
})
