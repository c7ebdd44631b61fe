// Node ports: no Service and no pod takes a port of a node that something else needs.
import { fact, invariant, verify, type MappedPort, type Policy } from '#helpers/index.ts'
import {
  askedBefore,
  hostPortsOf,
  nodePortsOf,
  serviceTitle,
  type HostPort,
  type NodePort,
} from '#helpers/kubernetes/node-ports.ts'
import { services } from '#helpers/kubernetes/questions.ts'
import { inWords, ownNamespaces, templateQuestions } from '#helpers/kubernetes/templates.ts'

const numberOf = ({ service, index }: NodePort) =>
  [service, ['spec', 'ports', index, 'nodePort']] as const

const hasIt = (port: NodePort): string => `${serviceTitle(port)} has NodePort ${port.number}`
const another = 'take another number, and write it into the port table'

const leftToChance = fact('nodeport-random', (port: NodePort) => ({
  which: `${port.service.metadata.namespace}/${port.service.metadata.name}`,
  seen: `${serviceTitle(port)} does not set its nodePort`,
  expected: 'a number chosen by its author',
  remedy: 'set its nodePort, or make it a ClusterIP if only pods use it',
  at: numberOf(port),
}))

const twice = fact('nodeport-twice', (port: NodePort, before: NodePort) => ({
  which: `${port.number}`,
  seen: `${hasIt(port)}, which ${serviceTitle(before)} already has`,
  expected: 'one Service for each NodePort: the API refuses the second',
  remedy: another,
  at: numberOf(port),
}))

const reserved = fact('nodeport-reserved', (port: NodePort, owner: string) => ({
  which: `${port.number}`,
  seen: hasIt(port),
  expected: `${port.number} is left to ${owner}`,
  remedy: another,
  at: numberOf(port),
}))

const ofAnother = fact('nodeport-of-another', (port: NodePort, row: MappedPort) => ({
  which: `${port.number}`,
  seen: hasIt(port),
  expected: `${port.number} is ${row.name}'s, as Docker's ${row.host}→${row.container} has it`,
  remedy: another,
  at: numberOf(port),
}))

const ofProbe = fact('nodeport-of-probe', (port: NodePort, probe: string) => ({
  which: `${port.number}`,
  seen: `${hasIt(port)}, which ${probe} asks on its node`,
  expected:
    'another number: kube-proxy refuses connections to a NodePort without ready endpoints, ' +
    'and this probe is what makes them ready',
  remedy: another,
  at: numberOf(port),
}))

type Range = NonNullable<Policy['manifests']['ports']['range']>

const outOfRange = fact('nodeport-out-of-range', (port: NodePort, range: Range) => ({
  which: `${port.number}`,
  seen: hasIt(port),
  expected: `${range.from}–${range.to}, which the API server hands out`,
  remedy: another,
  at: numberOf(port),
}))

/** What reserves a number for the node itself. */
const ownerOf = (number: number, { manifests }: Policy) =>
  manifests.ports.reserved.find(({ port }) => port === number)?.of

const isOutOfRange = (number: number, { from, to }: Range): boolean => number < from || number > to

/** The row of the port table that gives a number to another Service. */
const foreignRow = ({ service: { metadata }, number }: NodePort, { ports }: Policy) => {
  const row = ports.find(({ nodePort }) => nodePort === number)
  const isOwn = row?.namespace === metadata.namespace && row?.service === metadata.name
  return isOwn ? undefined : row
}

const sameNumber = (a: NodePort, b: NodePort): boolean =>
  a.number === b.number && a.protocol === b.protocol

/** Another Service has the number: by the port table, or before this one. */
function takenByAnother(port: NodePort, all: readonly NodePort[], policy: Policy) {
  const row = foreignRow(port, policy)
  if (row !== undefined) return ofAnother(port, row)
  const first = all.find(each => sameNumber(each, port)) ?? port
  return first !== port && twice(port, first)
}

export const nodePortsAreFree = invariant({
  name: 'nodeports-are-free',
  about: 'manifests',
  title: 'no NodePort takes a port that something else needs',
  reason:
    'with a wide range of NodePorts a Service can take the port of the kubelet, of etcd ' +
    'or of its neighbour, and take the node down',
  when: ({ manifests: { ports } }) =>
    ports.reserved.length > 0 || ports.range !== undefined || ports.leaveProbes,
  subjects: () => [{ name: 'NodePorts' }],
  observe: policy =>
    policy.manifests.ports.leaveProbes ? [services, ...templateQuestions] : [services],
  facts: [leftToChance, twice, reserved, ofAnother, ofProbe, outOfRange],
  judge(_, answers, policy) {
    const { range, leaveProbes } = policy.manifests.ports
    return nodePortsOf(answers, policy).map((port, _index, all) => {
      const { number } = port
      // A LoadBalancer's NodePort is for the load balancer alone.
      if (number === undefined) return port.service.spec.type === 'NodePort' && leftToChance(port)
      const owner = ownerOf(number, policy)
      const probe = leaveProbes ? askedBefore(answers, port) : undefined
      return [
        takenByAnother(port, all, policy),
        owner !== undefined && reserved(port, owner),
        probe !== undefined && ofProbe(port, probe),
        range && isOutOfRange(number, range) && outOfRange(port, range),
      ]
    })
  },
})

const unknownHostPort = fact('host-port', ({ template, place, number, index }: HostPort) => ({
  which: `${place.id}:${number}`,
  seen: `${inWords(place, template)} takes port ${number} of its node`,
  expected: 'a NodePort behind its mapping; a hostPort only where the policy lists it',
  remedy:
    `remove the hostPort, or add ${number} of ${template.object.metadata.name} ` +
    "to the policy's manifests.ports.onHost",
  at: [template.object, [...place.path, 'ports', index, 'hostPort']],
}))

const hostPortTwice = fact('host-port-twice', (port: HostPort, before: HostPort) => ({
  which: `${port.place.id}:${port.number}`,
  seen:
    `${inWords(port.place, port.template)} takes port ${port.number}, ` +
    `which ${inWords(before.place, before.template)} takes`,
  expected: 'one pod per port of a node: the second cannot be scheduled',
  remedy: 'take another port for one of the two',
  at: [port.template.object, [...port.place.path, 'ports', port.index, 'hostPort']],
}))

const isListed = ({ template, number }: HostPort, { manifests }: Policy): boolean =>
  (manifests.ports.onHost ?? []).some(
    ({ namespace, workload, port }) =>
      namespace === template.namespace &&
      workload === template.object.metadata.name &&
      port === number,
  )

export const hostPortsAreKnown = invariant({
  name: 'host-ports-are-known',
  about: 'manifests',
  title: 'no pod uses a host port that the policy does not list',
  reason:
    'a hostPort bypasses the NodePort and its mapping, ties the pod to its node, ' +
    'and blocks the next pod of a rollout',
  when: policy => policy.manifests.ports.onHost !== undefined,
  subjects: ownNamespaces,
  observe: () => templateQuestions,
  facts: [unknownHostPort, hostPortTwice],
  judge: ({ namespace }, answers, policy) =>
    hostPortsOf(answers, namespace).map((port, _index, all) => {
      const isSame = (each: HostPort) =>
        each.number === port.number && each.protocol === port.protocol
      const first = all.find(isSame) ?? port
      return [
        !isListed(port, policy) && unknownHostPort(port),
        first.template !== port.template && hostPortTwice(port, first),
      ]
    }),
})

verify(import.meta, nodePortsAreFree, hostPortsAreKnown)
