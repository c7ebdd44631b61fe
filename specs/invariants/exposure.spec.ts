// Exposure: every host-consumed service has a NodePort behind a Docker mapping, and its own
// application answers there.
import { endDeadPortForward } from '#helpers/host/fixes.ts'
import { patchNodePort } from '#helpers/kubernetes/fixes/services.ts'
import { restartWorkload } from '#helpers/kubernetes/fixes/workloads.ts'
import {
  placeOf,
  invariant,
  isJsonObject,
  notApplicable,
  verify,
  type Finding,
  type MappedPort,
  type Policy,
  type Answers,
  type Service,
} from '#helpers/index.ts'
import { forwards, nodeContainers } from '#helpers/host/questions.ts'
import { inNamespace, services } from '#helpers/kubernetes/questions.ts'
import { portAnswer, strangeness, wantedInWords } from '#helpers/host/ports.ts'
import {
  containersOf,
  inWords,
  items,
  matches,
  ownNamespaces,
  podTemplates,
  templateQuestions,
  type ContainerPlace,
  type PodTemplate,
} from '#helpers/kubernetes/templates.ts'

const portSubjects = (policy: Policy) =>
  policy.ports.map(port => ({ ...port, name: `${port.name} (${port.host})`, port }))

const serviceOf = (answers: Answers, port: MappedPort) =>
  answers(services).find(
    service =>
      service.metadata.namespace === port.namespace && service.metadata.name === port.service,
  )

/** Bindings of all node containers. */
const bindingsOf = (answers: Answers, policy: Policy) =>
  nodeContainers(policy).flatMap(question => answers(question).bindings)

/**
 * The port of a Service that is to carry a row of the table: the only one that carries no other
 * row.
 */
function carrierOf(service: Service, row: MappedPort, policy: Policy): number | undefined {
  const others = new Set(
    policy.ports
      .filter(
        port => port !== row && port.namespace === row.namespace && port.service === row.service,
      )
      .map(({ nodePort }) => nodePort),
  )
  const free = items(service.spec.ports).filter(
    ([{ nodePort }]) => nodePort === undefined || !others.has(nodePort),
  )
  return free.length === 1 ? free[0]?.[1] : undefined
}

export const hostServicesUseNodePorts = invariant({
  name: 'host-services-use-nodeports',
  title:
    'every service that the host uses is a NodePort equal to the container side of its mapping',
  reason:
    'Docker hands traffic to the container-side port; a NodePort with any other number never sees it, and a port-forward in its place dies silently',
  subjects: portSubjects,
  observe: () => [services],
  healedBy: [patchNodePort],
  judge({ port }, answers, policy): readonly Finding[] {
    const service = serviceOf(answers, port)
    const expected = `Service ${port.namespace}/${port.service} is a NodePort on ${port.nodePort}`
    const remedy = `kubectl patch svc ${port.service} -n ${port.namespace} so that its nodePort is ${port.nodePort} (the container side of ${port.host}→${port.container})`
    if (service === undefined)
      return [
        {
          code: 'service-missing',
          seen: 'there is no such Service',
          expected,
          remedy: 'apply the manifests of this service',
        },
      ]
    const wrongType: readonly Finding[] =
      service.spec.type === 'NodePort'
        ? []
        : [
            {
              code: 'not-a-nodeport',
              seen: `its type is ${service.spec.type ?? 'ClusterIP'}`,
              expected,
              remedy,
              at: placeOf(service, ['spec', 'type']),
              change: { to: 'NodePort' },
            },
          ]
    const found = items(service.spec.ports).map(([candidate]) => candidate.nodePort)
    if (found.includes(port.nodePort)) return wrongType
    const carrier = carrierOf(service, port, policy)
    const place =
      carrier === undefined
        ? { at: placeOf(service, ['spec', 'ports']) }
        : {
            at: placeOf(service, ['spec', 'ports', carrier, 'nodePort']),
            change: { to: port.nodePort },
          }
    const numbers = found.flatMap(number => number ?? [])
    return [
      ...wrongType,
      {
        code: 'wrong-nodeport',
        seen:
          numbers.length === 0 ? 'it names no nodePort' : `its nodePort is ${numbers.join(', ')}`,
        expected,
        remedy,
        ...place,
      },
    ]
  },
})

export const portTableAgrees = invariant({
  name: 'port-table-agrees',
  title: 'the port table, the Services and the bindings of the node container agree',
  reason: 'a port that only two of the three know is refused, or served by somebody else',
  subjects: policy => [
    ...portSubjects(policy),
    { name: 'ports that nobody listed', port: undefined },
  ],
  observe: policy => [services, ...nodeContainers(policy)],
  judge({ port }, answers, policy) {
    if (port === undefined) return strangers(answers, policy)
    const bindings = bindingsOf(answers, policy)
    if (nodeContainers(policy).length === 0)
      return notApplicable('the nodes are not containers of this host: nothing maps their ports')
    const mine = bindings.find(
      binding => binding.container === port.container && binding.host === port.host,
    )
    if (mine !== undefined) return []
    const nearest = bindings.filter(
      binding => binding.container === port.container || binding.host === port.host,
    )
    return [
      {
        code: 'binding-missing',
        seen:
          nearest.length === 0
            ? `nothing binds host port ${port.host}`
            : nearest.map(binding => `${binding.host}→${binding.container} is bound`).join(', '),
        expected: `the node container maps ${port.host}→${port.container}`,
        remedy: `add the mapping ${port.host}→${port.container} by the hot-add procedure (resolve the container id first, stop docker.socket before docker)`,
      },
    ]
  },
})

/** Bindings and NodePorts that the table does not hold. */
function strangers(answers: Answers, policy: Policy): readonly Finding[] {
  const { endpoints } = policy
  const known = new Set([endpoints.api.container, endpoints.talos?.container])
  // Where nobody can look at bindings at all, NodePorts are judged all the same.
  const bindings = nodeContainers(policy).some(question => answers.to(question).kind === 'absent')
    ? []
    : bindingsOf(answers, policy)
  const unlisted = bindings.filter(
    binding =>
      binding.protocol === 'tcp' &&
      !known.has(binding.container) &&
      !policy.ports.some(
        port => port.host === binding.host && port.container === binding.container,
      ),
  )
  const forbidden = new Map(policy.forbiddenPorts.map(port => [port.host, port.because]))
  const nodePorts = answers(services)
    .filter(service => policy.namespaces.includes(service.metadata.namespace ?? ''))
    .flatMap(service =>
      items(service.spec?.ports).flatMap(([port, index]) =>
        port.nodePort === undefined ? [] : [{ service, index, nodePort: port.nodePort }],
      ),
    )
    .filter(({ nodePort }) => !policy.ports.some(port => port.nodePort === nodePort))
  return [
    ...unlisted.map(({ host, container }) => ({
      code: `unlisted-binding:${host}`,
      seen: `the node container maps ${host}→${container}${forbidden.has(host) ? `, which is forbidden: ${forbidden.get(host)}` : ''}`,
      expected: 'every mapping is in the port table',
      remedy: forbidden.has(host)
        ? 'remove the mapping'
        : `remove the mapping, or add it to the policy's ports with the check that its application answers`,
    })),
    ...nodePorts.map(({ service, nodePort, index }) => ({
      code: `unlisted-nodeport:${nodePort}`,
      seen: `Service ${service.metadata.namespace}/${service.metadata.name} has NodePort ${nodePort}`,
      expected: 'a NodePort only for what the host uses, and in the port table',
      remedy: 'make the Service a ClusterIP, or add the port to the policy',
      at: placeOf(service, ['spec', 'ports', index, 'nodePort']),
    })),
  ]
}

export const noPortForwards = invariant({
  name: 'no-persistent-port-forward',
  title: 'no kubectl port-forward serves anybody',
  reason: 'a port-forward dies silently on idle, restart or a new pod, and takes its users with it',
  subjects: policy => [{ name: policy.cluster }],
  observe: () => [forwards],
  healedBy: [endDeadPortForward],
  judge: (_, answers) =>
    answers(forwards).map(({ pid, args, answers }) => ({
      code: 'port-forward',
      seen: `process ${pid}: ${args}${answers ? '' : ' (dead: nothing comes back)'}`,
      expected: 'a NodePort with a Docker mapping instead',
      remedy: `end it (kill ${pid}), and expose the service by NodePort and mapping if the host needs it`,
    })),
})

export const portsAnswer = invariant({
  name: 'ports-answer-their-application',
  title: 'each mapped port answers its own application check from the host',
  reason:
    'only content proves the whole path: a forwarder accepts for a dead VM, and a stranger once answered 403 in the place of a service',
  subjects: portSubjects,
  observe: policy => policy.ports.map(port => portAnswer(port)),
  healedBy: [restartWorkload],
  judge({ port }, answers) {
    const answer = answers(portAnswer(port))
    const strange = strangeness(answer, port.answers)
    return strange === undefined
      ? []
      : [
          {
            code: answer.kind === 'answered' ? 'wrong-answer' : answer.kind,
            seen: strange,
            expected: wantedInWords(port.answers),
            remedy: `look along the path: host port ${port.host}, VM forwarder, container port ${port.container}, NodePort, endpoints of ${port.namespace}/${port.service}, the application`,
          },
        ]
  },
})

interface NodePort {
  service: Service
  index: number
  /** Undefined: the API server takes any that is free. */
  number: number | undefined
  protocol: string
}

/** All NodePorts of the policy's namespaces. */
const nodePortsOf = (answers: Answers, policy: Policy): readonly NodePort[] =>
  policy.namespaces
    .flatMap(namespace => inNamespace(answers(services), namespace))
    .filter(service => service.spec?.type === 'NodePort' || service.spec?.type === 'LoadBalancer')
    .flatMap(service =>
      items(service.spec.ports).map(([port, index]) => ({
        service,
        index,
        number: port.nodePort,
        protocol: port.protocol ?? 'TCP',
      })),
    )

const named = ({ service }: NodePort): string =>
  `Service ${service.metadata.namespace}/${service.metadata.name}`

const probes = ['startupProbe', 'livenessProbe', 'readinessProbe'] as const

/**
 * What asks a port of the node before the pods behind a Service are ready: a probe of theirs, on
 * the network of their node.
 * @source measured on a v1.35 node, kube-proxy with iptables: connections to a NodePort without
 * ready endpoints are refused, on 127.0.0.1, too
 */
function askedBefore(answers: Answers, { service, number }: NodePort): string | undefined {
  const { selector } = service.spec
  const labels = isJsonObject(selector) ? selector : {}
  if (number === undefined || Object.keys(labels).length === 0) return undefined
  const behind = podTemplates(answers, service.metadata.namespace ?? '').filter(
    template =>
      template.spec.hostNetwork === true && matches({ matchLabels: labels }, template.labels),
  )
  return behind.flatMap(template =>
    containersOf(template).flatMap(place =>
      probes.flatMap(probe => {
        const { container } = place
        const port = container[probe]?.httpGet?.port ?? container[probe]?.tcpSocket?.port
        const asked =
          typeof port === 'string'
            ? items(container.ports).find(([each]) => each.name === port)?.[0].containerPort
            : port
        return asked === number ? [`${probe} of ${inWords(place, template)}`] : []
      }),
    ),
  )[0]
}

const asksForNodePorts = ({
  manifests: {
    ports: { reserved, range, leaveProbes },
  },
}: Policy): boolean => reserved.length > 0 || range !== undefined || leaveProbes

export const nodePortsAreFree = invariant({
  name: 'nodeports-are-free',
  title: 'no NodePort has a number that somebody else needs',
  reason:
    'with a wide range of NodePorts a Service can take the port of the kubelet, of etcd or of its neighbour, and the node is lost for everybody',
  subjects: policy => (asksForNodePorts(policy) ? [{ name: 'NodePorts' }] : []),
  observe: policy =>
    asksForNodePorts(policy)
      ? [services, ...(policy.manifests.ports.leaveProbes ? templateQuestions : [])]
      : [],
  judge(_, answers, policy) {
    const { range, reserved, leaveProbes } = policy.manifests.ports
    const all = nodePortsOf(answers, policy)
    const first = new Map<string, NodePort>()
    return all.flatMap((port): readonly Finding[] => {
      const { service, index, number } = port
      const at = placeOf(service, ['spec', 'ports', index, 'nodePort'])
      if (number === undefined) {
        // The NodePort of a LoadBalancer is nobody's to know.
        return service.spec.type === 'LoadBalancer'
          ? []
          : [
              {
                code: `nodeport-random:${service.metadata.namespace}/${service.metadata.name}`,
                seen: `${named(port)} leaves its nodePort to chance`,
                expected: 'a number that somebody chose, which nobody else needs',
                remedy: 'write its nodePort down; a ClusterIP where nobody outside needs it',
                at,
              },
            ]
      }
      const key = `${number}/${port.protocol}`
      const before = first.get(key)
      if (before === undefined) first.set(key, port)
      const taken = reserved.find(each => each.port === number)
      const row = policy.ports.find(each => each.nodePort === number)
      const isForeign =
        row !== undefined &&
        !(row.namespace === service.metadata.namespace && row.service === service.metadata.name)
      const remedy = 'take another number, and write it into the port table'
      const asking = leaveProbes ? askedBefore(answers, port) : undefined
      return [
        ...(before === undefined || isForeign
          ? []
          : [
              {
                code: `nodeport-twice:${number}`,
                seen: `${named(port)} has NodePort ${number}, which ${named(before)} has`,
                expected: 'one Service for each NodePort: the API refuses the second',
                remedy,
                at,
              },
            ]),
        ...(taken === undefined
          ? []
          : [
              {
                code: `nodeport-reserved:${number}`,
                seen: `${named(port)} has NodePort ${number}`,
                expected: `${number} is left to ${taken.of}`,
                remedy,
                at,
              },
            ]),
        ...(!isForeign
          ? []
          : [
              {
                code: `nodeport-of-another:${number}`,
                seen: `${named(port)} has NodePort ${number}`,
                expected: `${number} is ${row.name}'s, as Docker's ${row.host}→${row.container} has it`,
                remedy,
                at,
              },
            ]),
        ...(asking === undefined
          ? []
          : [
              {
                code: `nodeport-of-probe:${number}`,
                seen: `${named(port)} has NodePort ${number}, which ${asking} asks on its node`,
                expected:
                  'another number: without ready endpoints kube-proxy refuses whoever asks a NodePort, and the probe is what makes them ready',
                remedy,
                at,
              },
            ]),
        ...(range === undefined || (number >= range.from && number <= range.to)
          ? []
          : [
              {
                code: `nodeport-out-of-range:${number}`,
                seen: `${named(port)} has NodePort ${number}`,
                expected: `${range.from}–${range.to}, which the API server hands out`,
                remedy,
                at,
              },
            ]),
      ]
    })
  },
})

interface HostPort {
  template: PodTemplate
  place: ContainerPlace
  index: number
  number: number
  protocol: string
}

/** Ports of the node that pods take; on the host network every port of a container is one. */
const hostPortsOf = (answers: Answers, namespace: string): readonly HostPort[] =>
  podTemplates(answers, namespace).flatMap(template =>
    containersOf(template).flatMap(place =>
      items(place.container.ports).flatMap(([port, index]) => {
        const number =
          port.hostPort ?? (template.spec.hostNetwork === true ? port.containerPort : undefined)
        return number === undefined || number === 0
          ? []
          : [{ template, place, index, number, protocol: port.protocol ?? 'TCP' }]
      }),
    ),
  )

export const hostPortsAreKnown = invariant({
  name: 'host-ports-are-known',
  title: 'no pod takes a port of its node that nobody knows of',
  reason:
    'a hostPort leads around the NodePort and its mapping, ties the pod to the node, and keeps its successor from starting beside it',
  subjects: policy => (policy.manifests.ports.onHost === undefined ? [] : ownNamespaces(policy)),
  observe: policy => (policy.manifests.ports.onHost === undefined ? [] : templateQuestions),
  judge({ namespace }, answers, policy) {
    const known = policy.manifests.ports.onHost ?? []
    const first = new Map<string, HostPort>()
    return hostPortsOf(answers, namespace).flatMap((port): readonly Finding[] => {
      const { template, place, index, number, protocol } = port
      const at = placeOf(template.object, [...place.path, 'ports', index, 'hostPort'])
      const before = first.get(`${number}/${protocol}`)
      if (before === undefined) first.set(`${number}/${protocol}`, port)
      const isKnown = known.some(
        each =>
          each.namespace === namespace &&
          each.workload === template.object.metadata.name &&
          each.port === number,
      )
      return [
        ...(isKnown
          ? []
          : [
              {
                code: `host-port:${place.id}:${number}`,
                seen: `${inWords(place, template)} takes port ${number} of its node`,
                expected:
                  'a NodePort behind its mapping; a hostPort only where the policy lists it',
                remedy: `remove the hostPort, or add ${number} of ${template.object.metadata.name} to the policy's manifests.ports.onHost`,
                at,
              },
            ]),
        ...(before === undefined || before.template === template
          ? []
          : [
              {
                code: `host-port-twice:${place.id}:${number}`,
                seen: `${inWords(place, template)} takes port ${number}, which ${inWords(before.place, before.template)} takes`,
                expected: 'one pod for each port of a node: the second finds no place',
                remedy: 'take another port for one of the two',
                at,
              },
            ]),
      ]
    })
  },
})

verify(
  import.meta,
  hostServicesUseNodePorts,
  portTableAgrees,
  noPortForwards,
  portsAnswer,
  nodePortsAreFree,
  hostPortsAreKnown,
)
