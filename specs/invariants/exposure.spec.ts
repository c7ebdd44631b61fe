// Exposure: every host-consumed service has a NodePort behind a Docker mapping, and its own application answers there.
import { endDeadPortForward } from '../../helpers/fixes/exposure.ts'
import { patchNodePort } from '../../helpers/fixes/services.ts'
import { restartWorkload } from '../../helpers/fixes/workloads.ts'
import { invariant, notApplicable, verify, type Finding, type MappedPort, type Policy, type See } from '../../helpers/index.ts'
import { forwards, nodeContainer } from '../../helpers/probes/host.ts'
import { services } from '../../helpers/probes/kubernetes.ts'
import { portAnswer, strangeness, wantedInWords } from '../../helpers/probes/ports.ts'

const portSubjects = (policy: Policy) => policy.ports.map(port => ({ ...port, name: `${port.name} (${port.host})`, port }))

const serviceOf = (see: See, port: MappedPort) =>
  see(services).find(service => service.metadata.namespace === port.namespace && service.metadata.name === port.service)

/** Bindings of all node containers for one container-side port. */
const bindingsOf = (see: See, policy: Policy) =>
  policy.nodes.flatMap(node => (node.container === undefined ? [] : see(nodeContainer(node.container.name)).bindings))

const containersOf = (policy: Policy) => policy.nodes.flatMap(node => (node.container === undefined ? [] : [nodeContainer(node.container.name)]))

export const hostServicesUseNodePorts = invariant({
  name: 'host-services-use-nodeports',
  clauses: ['exposure.nodeport-only', 'exposure.nodeport-equals-container-port', 'exposure.pds-nodeport-3000'],
  says: 'every service that the host uses is a NodePort equal to the container side of its mapping',
  why: 'Docker hands traffic to the container-side port; a NodePort with any other number never sees it, and a port-forward in its place dies silently',
  subjects: portSubjects,
  observe: () => [services],
  healedBy: [patchNodePort],
  judge({ port }, see): readonly Finding[] {
    const service = serviceOf(see, port)
    const expected = `Service ${port.namespace}/${port.service} is a NodePort on ${port.nodePort}`
    const remedy = `kubectl patch svc ${port.service} -n ${port.namespace} so that its nodePort is ${port.nodePort} (the container side of ${port.host}→${port.container})`
    if (service === undefined) return [{ code: 'service-missing', seen: 'there is no such Service', expected, remedy: 'apply the manifests of this service' }]
    if (service.spec.type !== 'NodePort') return [{ code: 'not-a-nodeport', seen: `its type is ${service.spec.type ?? 'ClusterIP'}`, expected, remedy }]
    const found = (service.spec.ports ?? []).map(candidate => candidate.nodePort)
    return found.includes(port.nodePort) ? [] : [{ code: 'wrong-nodeport', seen: `its nodePort is ${found.join(', ')}`, expected, remedy }]
  },
})

export const portTableAgrees = invariant({
  name: 'port-table-agrees',
  clauses: ['exposure.port-table-agrees', 'exposure.add-port-procedure', 'exposure.nodeport-equals-container-port'],
  says: 'the port table, the Services and the bindings of the node container agree',
  why: 'a port that only two of the three know is refused, or served by somebody else',
  subjects: policy => [...portSubjects(policy), { name: 'ports that nobody listed', port: undefined }],
  observe: policy => [services, ...containersOf(policy)],
  judge({ port }, see, policy) {
    const bindings = bindingsOf(see, policy)
    if (port === undefined) return strangers(see, policy)
    if (containersOf(policy).length === 0) return notApplicable('the nodes are not containers of this host: nothing maps their ports')
    const mine = bindings.find(binding => binding.container === port.container && binding.host === port.host)
    if (mine !== undefined) return []
    const nearest = bindings.filter(binding => binding.container === port.container || binding.host === port.host)
    return [{
      code: 'binding-missing',
      seen: nearest.length === 0 ? `nothing binds host port ${port.host}` : nearest.map(binding => `${binding.host}→${binding.container} is bound`).join(', '),
      expected: `the node container maps ${port.host}→${port.container}`,
      remedy: `add the mapping ${port.host}→${port.container} by the hot-add procedure (resolve the container id first, stop docker.socket before docker)`,
    }]
  },
})

/** Bindings and NodePorts that the table does not hold. */
function strangers(see: See, policy: Policy): readonly Finding[] {
  const { endpoints } = policy
  const known = new Set([endpoints.api.container, endpoints.talos?.container])
  const unlisted = bindingsOf(see, policy).filter(binding =>
    binding.protocol === 'tcp' && !known.has(binding.container) && !policy.ports.some(port => port.host === binding.host && port.container === binding.container))
  const forbidden = new Map(policy.forbiddenPorts.map(port => [port.host, port.because]))
  const nodePorts = see(services).filter(service => policy.namespaces.includes(service.metadata.namespace ?? ''))
    .flatMap(service => (service.spec.ports ?? []).flatMap(port => (port.nodePort === undefined ? [] : [{ service, nodePort: port.nodePort }])))
    .filter(({ nodePort }) => !policy.ports.some(port => port.nodePort === nodePort))
  return [
    ...unlisted.map(({ host, container }) => ({
      code: `unlisted-binding:${host}`,
      seen: `the node container maps ${host}→${container}${forbidden.has(host) ? `, which is forbidden: ${forbidden.get(host)}` : ''}`,
      expected: 'every mapping is in the port table',
      remedy: forbidden.has(host) ? 'remove the mapping' : `remove the mapping, or add it to the policy's ports with the check that its application answers`,
    })),
    ...nodePorts.map(({ service, nodePort }) => ({
      code: `unlisted-nodeport:${nodePort}`,
      seen: `Service ${service.metadata.namespace}/${service.metadata.name} has NodePort ${nodePort}`,
      expected: 'a NodePort only for what the host uses, and in the port table',
      remedy: 'make the Service a ClusterIP, or add the port to the policy',
    })),
  ]
}

export const noPortForwards = invariant({
  name: 'no-persistent-port-forward',
  clauses: ['exposure.no-persistent-port-forward'],
  says: 'no kubectl port-forward serves anybody',
  why: 'a port-forward dies silently on idle, restart or a new pod, and takes its users with it',
  subjects: policy => [{ name: policy.cluster }],
  observe: () => [forwards],
  healedBy: [endDeadPortForward],
  judge: (_, see) => see(forwards).map(({ pid, args, answers }) => ({
    code: 'port-forward',
    seen: `process ${pid}: ${args}${answers ? '' : ' (dead: nothing comes back)'}`,
    expected: 'a NodePort with a Docker mapping instead',
    remedy: `end it (kill ${pid}), and expose the service by NodePort and mapping if the host needs it`,
  })),
})

export const portsAnswer = invariant({
  name: 'ports-answer-their-application',
  clauses: ['exposure.port-answers-its-application', 'recovery.services-answer-after-restart'],
  says: 'each mapped port answers its own application check from the host',
  why: 'only content proves the whole path: a forwarder accepts for a dead VM, and a stranger once answered 403 in the place of a service',
  subjects: portSubjects,
  observe: policy => policy.ports.map(port => portAnswer(port)),
  healedBy: [restartWorkload],
  judge({ port }, see) {
    const answer = see(portAnswer(port))
    const strange = strangeness(answer, port.answers)
    return strange === undefined ? [] : [{
      code: answer.kind === 'answered' ? 'wrong-answer' : answer.kind,
      seen: strange,
      expected: wantedInWords(port.answers),
      remedy: `look along the path: host port ${port.host}, VM forwarder, container port ${port.container}, NodePort, endpoints of ${port.namespace}/${port.service}, the application`,
    }]
  },
})

verify(import.meta, hostServicesUseNodePorts, portTableAgrees, noPortForwards, portsAnswer)
