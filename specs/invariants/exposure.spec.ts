// Exposure: every host-consumed service has a NodePort behind a Docker mapping, and its own
// application answers there.
import { endDeadPortForward } from '#helpers/host/fixes.ts'
import { patchNodePort } from '#helpers/kubernetes/fixes/services.ts'
import { restartWorkload } from '#helpers/kubernetes/fixes/workloads.ts'
import {
  fact,
  invariant,
  notApplicable,
  verify,
  type Answers,
  type MappedPort,
  type Policy,
  type Service,
  present,
} from '#helpers/index.ts'
import { portAnswer, strangeness, wantedInWords } from '#helpers/host/ports.ts'
import { forwards } from '#helpers/host/questions.ts'
import { nodeContainers } from '#helpers/docker/questions.ts'
import { services } from '#helpers/kubernetes/questions.ts'
import { items } from '#helpers/kubernetes/templates.ts'

const portSubjects = (policy: Policy) =>
  policy.ports.map(port => ({ name: `${port.name} (${port.host})`, port }))

const serviceOf = (answers: Answers, port: MappedPort) =>
  answers(services).find(
    ({ metadata }) => metadata.namespace === port.namespace && metadata.name === port.service,
  )

/** The index of the Service port for a row of the table: the only port that no other row uses. */
function carrierOf(service: Service, row: MappedPort, policy: Policy): number | undefined {
  const others = policy.ports
    .filter(({ namespace, service }) => namespace === row.namespace && service === row.service)
    .filter(port => port !== row)
    .map(({ nodePort }) => nodePort)
  const free = items(service.spec.ports).filter(
    ([{ nodePort = 0 }]) => nodePort === 0 || !others.includes(nodePort),
  )
  return free.length === 1 ? free[0]?.[1] : undefined
}

const wanted = (port: MappedPort): string =>
  `Service ${port.namespace}/${port.service} is a NodePort on ${port.nodePort}`

const patch = (port: MappedPort): string =>
  `kubectl patch svc ${port.service} -n ${port.namespace} so that its nodePort is ` +
  `${port.nodePort} (the container side of ${port.host}→${port.container})`

const serviceMissing = fact('service-missing', (port: MappedPort) => ({
  seen: 'there is no such Service',
  expected: wanted(port),
  remedy: 'apply the manifests of this service',
}))

const numbersOf = ({ spec }: Service): readonly number[] =>
  items(spec.ports).flatMap(([{ nodePort = 0 }]) => (nodePort === 0 ? [] : nodePort))

const numberIn = (service: Service): string =>
  numbersOf(service).length === 0
    ? 'it names no nodePort'
    : `its nodePort is ${numbersOf(service).join(', ')}`

const numberAt = (index: number, port: MappedPort) => ({
  path: ['spec', 'ports', index, 'nodePort'],
  to: port.nodePort,
})

/** A Service of another type has no number of its own: both have to change together. */
const notANodePort = fact(
  'not-a-nodeport',
  (service: Service, port: MappedPort, carrier: number | undefined) => {
    const type = `its type is ${service.spec.type ?? 'ClusterIP'}`
    const isRight = numbersOf(service).includes(port.nodePort)
    return {
      seen: isRight ? type : `${type}, and ${numberIn(service)}`,
      expected: wanted(port),
      remedy: patch(port),
      at: [service, ['spec', 'type']],
      set: 'NodePort',
      setWith: isRight ? [] : present(carrier).map(index => numberAt(index, port)),
    }
  },
)

const wrongNodePort = fact(
  'wrong-nodeport',
  (service: Service, port: MappedPort, carrier: number | undefined) => ({
    seen: numberIn(service),
    expected: wanted(port),
    remedy: patch(port),
    at: [
      service,
      carrier === undefined ? ['spec', 'ports'] : ['spec', 'ports', carrier, 'nodePort'],
    ],
    set: carrier === undefined ? undefined : port.nodePort,
  }),
)

export const hostServicesUseNodePorts = invariant({
  name: 'host-services-use-nodeports',
  title: 'every service that the host uses has the NodePort that its mapping leads to',
  reason:
    'Docker hands traffic to the container-side port: a NodePort with another number never sees ' +
    'it, and a port-forward in its place dies silently',
  subjects: portSubjects,
  observe: () => [services],
  healedBy: [patchNodePort],
  facts: [serviceMissing, notANodePort, wrongNodePort],
  judge({ port }, answers, policy) {
    const service = serviceOf(answers, port)
    if (service === undefined) return serviceMissing(port)
    const carrier = carrierOf(service, port, policy)
    if (service.spec.type !== 'NodePort') return notANodePort(service, port, carrier)
    const isRight = numbersOf(service).includes(port.nodePort)
    return !isRight && wrongNodePort(service, port, carrier)
  },
})

const bindingMissing = fact('binding-missing', (port: MappedPort, near: readonly Binding[]) => ({
  seen:
    near.length === 0
      ? `nothing binds host port ${port.host}`
      : near.map(({ host, container }) => `${host}→${container} is bound`).join(', '),
  expected: `the node container maps ${port.host}→${port.container}`,
  remedy:
    `add the mapping ${port.host}→${port.container} by the hot-add procedure ` +
    '(resolve the container id first, stop docker.socket before docker)',
}))

const unlistedBinding = fact(
  'unlisted-binding',
  ({ host, container }: Binding, forbidden: string | undefined) => ({
    which: `${host}`,
    seen:
      `the node container maps ${host}→${container}` +
      (forbidden === undefined ? '' : `, which is forbidden: ${forbidden}`),
    expected: 'every mapping is in the port table',
    remedy:
      forbidden === undefined
        ? "remove the mapping, or add it to the policy's ports with the check " +
          'that its application answers'
        : 'remove the mapping',
  }),
)

const unlistedNodePort = fact('unlisted-nodeport', (service: Service, index: number) => {
  const { namespace, name } = service.metadata
  const number = service.spec.ports?.[index]?.nodePort
  return {
    which: `${number}`,
    seen: `Service ${namespace}/${name} has NodePort ${number}`,
    expected: 'a NodePort only for what the host uses, and in the port table',
    remedy: 'make the Service a ClusterIP, or add the port to the policy',
    at: [service, ['spec', 'ports', index, 'nodePort']],
  }
})

/** Bindings of all node containers. */
const bindingsOf = (answers: Answers, policy: Policy) =>
  nodeContainers(policy).flatMap(question => answers(question).bindings)
type Binding = ReturnType<typeof bindingsOf>[number]

function bindingsThatNoRowLists(answers: Answers, policy: Policy) {
  const { ports, endpoints, forbiddenPorts } = policy
  // Where bindings cannot be read, NodePorts are judged all the same.
  if (nodeContainers(policy).some(question => answers.to(question).kind === 'absent')) return []
  const apis = [endpoints.api.container, endpoints.talos?.container]
  return bindingsOf(answers, policy)
    .filter(({ protocol, container }) => protocol === 'tcp' && !apis.includes(container))
    .filter(each => !ports.some(row => row.host === each.host && row.container === each.container))
    .map(each => {
      const forbidden = forbiddenPorts.find(({ host }) => host === each.host)
      return unlistedBinding(each, forbidden?.because)
    })
}

const nodePortsThatNoRowLists = (answers: Answers, { namespaces, ports }: Policy) =>
  answers(services)
    .filter(({ metadata }) => namespaces.includes(metadata.namespace ?? ''))
    .map(service =>
      items(service.spec?.ports).map(([{ nodePort = 0 }, index]) => {
        const isListed = ports.some(row => row.nodePort === nodePort)
        return nodePort !== 0 && !isListed && unlistedNodePort(service, index)
      }),
    )

/** Everything that no row of the table covers. */
const rest: { name: string; port?: MappedPort } = { name: 'unlisted ports' }

export const portTableAgrees = invariant({
  name: 'port-table-agrees',
  title: 'the port table, the Services and the node container’s port bindings agree',
  reason: 'a port that only two of the three know is refused, or another service answers there',
  subjects: policy => [...portSubjects(policy), rest],
  observe: policy => [services, ...nodeContainers(policy)],
  facts: [bindingMissing, unlistedBinding, unlistedNodePort],
  judge({ port }, answers, policy) {
    if (port === undefined)
      return [bindingsThatNoRowLists(answers, policy), nodePortsThatNoRowLists(answers, policy)]
    const bindings = bindingsOf(answers, policy)
    if (nodeContainers(policy).length === 0)
      return notApplicable('the nodes are not containers of this host: nothing maps their ports')
    const near = bindings.filter(
      ({ host, container }) => host === port.host || container === port.container,
    )
    const isMapped = near.some(
      ({ host, container }) => host === port.host && container === port.container,
    )
    return !isMapped && bindingMissing(port, near)
  },
})

const portForward = fact('port-forward', ({ pid, args, answers }: Forward) => ({
  seen: `process ${pid}: ${args}${answers ? '' : ' (dead: it returns no data)'}`,
  expected: 'a NodePort with a Docker mapping instead',
  remedy:
    `end it (kill ${pid}), ` +
    'and expose the service by NodePort and mapping if the host needs it',
}))

interface Forward {
  readonly pid: number
  readonly args: string
  readonly answers: boolean
}

export const noPortForwards = invariant({
  name: 'no-persistent-port-forward',
  title: 'no service depends on a kubectl port-forward',
  reason: 'a port-forward dies silently on idle, restart or a new pod, and takes its users with it',
  subjects: policy => [{ name: policy.cluster }],
  observe: () => [forwards],
  healedBy: [endDeadPortForward],
  facts: [portForward],
  judge: (_, answers) => answers(forwards).map(forward => portForward(forward)),
})

const badAnswer = <Code extends string>(code: Code) =>
  fact(code, (port: MappedPort, seen: string) => ({
    seen,
    expected: wantedInWords(port.answers),
    remedy:
      `check each hop: host port ${port.host}, VM forwarder, ` +
      `container port ${port.container}, NodePort, endpoints of ` +
      `${port.namespace}/${port.service}, the application`,
  }))

/** A wrong answer, or the way in which the network path failed. */
const badAnswers = {
  answered: badAnswer('wrong-answer'),
  refused: badAnswer('refused'),
  reset: badAnswer('reset'),
  silent: badAnswer('silent'),
  failed: badAnswer('failed'),
}

export const portsAnswer = invariant({
  name: 'ports-answer-their-application',
  title: 'each mapped port answers its application’s check from the host',
  reason:
    'only content proves the whole path: a forwarder accepts for a dead VM, ' +
    'and another program can answer in the place of a service',
  subjects: portSubjects,
  observe: policy => policy.ports.map(port => portAnswer(port)),
  healedBy: [restartWorkload],
  facts: Object.values(badAnswers),
  judge({ port }, answers) {
    const answer = answers(portAnswer(port))
    const strange = strangeness(answer, port.answers)
    return strange !== undefined && badAnswers[answer.kind](port, strange)
  },
})

verify(import.meta, hostServicesUseNodePorts, portTableAgrees, noPortForwards, portsAnswer)
