// Fixes for Services: the NodePort that a Helm upgrade resets.
import { resources } from '#src/kubernetes/kinds.ts'
import { api } from '#helpers/kubernetes/api.ts'
import { permission } from '#src/kubernetes/permission.ts'
import { services } from '#helpers/kubernetes/questions.ts'
import { fix, type MappedPort, type Service } from '#src/model/index.ts'

/**
 * The entry of a Service that each of its lines in the port table belongs to: one that has the
 * number already, else the
 * one with the same port of its own, else the first that is left. Two lines never get the same
 * entry.
 */
function missing(
  service: Service,
  lines: readonly MappedPort[],
): readonly { index: number; nodePort: number }[] {
  const entries = service.spec.ports ?? []
  const taken = new Set(
    entries.flatMap((entry, index) =>
      lines.some(line => line.nodePort === entry.nodePort) ? [index] : [],
    ),
  )
  const left = lines.filter(line => !entries.some(entry => entry.nodePort === line.nodePort))
  const claim = (fits: (entry: (typeof entries)[number]) => boolean): number => {
    const index = entries.findIndex((entry, at) => !taken.has(at) && fits(entry))
    if (index >= 0) taken.add(index)
    return index
  }
  const byPort = left.map(({ nodePort }) => ({
    nodePort,
    index: claim(entry => entry.port === nodePort || entry.targetPort === nodePort),
  }))
  return byPort
    .map(({ nodePort, index }) => ({ nodePort, index: index < 0 ? claim(() => true) : index }))
    .filter(({ index }) => index >= 0)
}

export const patchNodePort = fix({
  name: 'patch-nodeport',
  title: 'set NodePorts back to the ports of their mappings',
  reason: 'a Helm upgrade picks a new NodePort; Docker still delivers to the old one',
  harm: 'none',
  /** One patch, and kube-proxy's next second. @source measured on a v1.35 node: one-second grid */
  settles: '15 s',
  observe: () => [services],
  permissions: policy =>
    policy.ports.map(({ namespace, service }) =>
      permission('patch', resources.services, { namespace, name: service }),
    ),
  plan: (answers, policy) =>
    answers(services).flatMap(service => {
      const { name, namespace } = service.metadata
      const entries = missing(
        service,
        policy.ports.filter(port => port.namespace === namespace && port.service === name),
      )
      if (entries.length === 0) return []
      const typed =
        service.spec.type === 'NodePort'
          ? []
          : [{ op: 'replace', path: '/spec/type', value: 'NodePort' }]
      // One patch for all of them: a Service that becomes a NodePort gets random numbers where it
      // names none.
      const patch = [
        ...typed,
        ...entries.map(({ index, nodePort }) => ({
          op: service.spec.ports?.[index]?.nodePort === undefined ? 'add' : 'replace',
          path: `/spec/ports/${index}/nodePort`,
          value: nodePort,
        })),
      ]
      return [
        {
          command:
            `kubectl patch svc ${name} -n ${namespace} --type=json ` +
            `-p '${JSON.stringify(patch)}'`,
          async apply(runtime) {
            const kube = await api({ runtime, policy })
            await kube.patch(resources.services, name, namespace, 'json', patch)
          },
        },
      ]
    }),
})
