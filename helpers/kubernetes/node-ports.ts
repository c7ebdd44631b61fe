// Ports of nodes: those that Services take as NodePorts, and those that pods take for themselves.
import { isJsonObject } from '#src/model/json.ts'
import type { Answers, Policy, Service } from '#src/model/index.ts'
import { findsPodsOf } from './pods/controller-labels.ts'
import { inNamespace, services } from './questions.ts'
import {
  containersOf,
  inWords,
  items,
  podTemplates,
  type ContainerPlace,
  type PodTemplate,
} from './templates.ts'

export interface NodePort {
  readonly service: Service
  /** Of the port in its Service. */
  readonly index: number
  /** Undefined: the API server takes any that is free. */
  readonly number: number | undefined
  readonly protocol: string
}

/** All NodePorts of the policy's namespaces. */
export const nodePortsOf = (answers: Answers, policy: Policy): readonly NodePort[] =>
  policy.namespaces
    .flatMap(namespace => inNamespace(answers(services), namespace))
    .filter(({ spec }) => spec?.type === 'NodePort' || spec?.type === 'LoadBalancer')
    .flatMap(service =>
      items(service.spec.ports).map(([port, index]) => ({
        service,
        index,
        // 0 stands for no number. @source Kubernetes, v1 ServicePort
        number: port.nodePort === 0 ? undefined : port.nodePort,
        protocol: port.protocol ?? 'TCP',
      })),
    )

/** For people: `Service shop/front`. */
export const serviceTitle = ({ service: { metadata } }: Pick<NodePort, 'service'>): string =>
  `Service ${metadata.namespace}/${metadata.name}`

/** Templates on their node's network whose pods are behind a Service. */
function behind(answers: Answers, { metadata, spec }: Service): readonly PodTemplate[] {
  const labels = isJsonObject(spec.selector) ? spec.selector : {}
  if (Object.keys(labels).length === 0) return []
  return podTemplates(answers, metadata.namespace ?? '')
    .filter(template => template.spec.hostNetwork === true)
    .filter(template => findsPodsOf({ matchLabels: labels }, template))
}

/** Probes of a container that ask a port, by number or by name. */
const probesOn = ({ container }: ContainerPlace, number: number): readonly string[] =>
  (['startupProbe', 'livenessProbe', 'readinessProbe'] as const).filter(key => {
    const port = container[key]?.httpGet?.port ?? container[key]?.tcpSocket?.port
    if (typeof port !== 'string') return port === number
    return items(container.ports).find(([{ name }]) => name === port)?.[0].containerPort === number
  })

/**
 * What asks a port of the node before the pods behind a Service are ready: a probe of theirs, on
 * the network of their node.
 * @source measured on a v1.35 node, kube-proxy with iptables: connections to a NodePort without
 * ready endpoints are refused, on 127.0.0.1, too
 */
export function askedBefore(answers: Answers, { service, number }: NodePort): string | undefined {
  if (number === undefined) return undefined
  return behind(answers, service).flatMap(template =>
    containersOf(template).flatMap(place =>
      probesOn(place, number).map(probe => `${probe} of ${inWords(place, template)}`),
    ),
  )[0]
}

export interface HostPort {
  readonly template: PodTemplate
  readonly place: ContainerPlace
  /** Of the port in its container. */
  readonly index: number
  readonly number: number
  readonly protocol: string
}

/** Ports of the node that pods take; on the host network every port of a container is one. */
export const hostPortsOf = (answers: Answers, namespace: string): readonly HostPort[] =>
  podTemplates(answers, namespace).flatMap(template =>
    containersOf(template).flatMap(place =>
      items(place.container.ports).flatMap(([port, index]) => {
        const onHost = template.spec.hostNetwork === true ? port.containerPort : undefined
        // 0 stands for no number here, too.
        const number = port.hostPort === 0 ? (onHost ?? 0) : (port.hostPort ?? onHost ?? 0)
        const protocol = port.protocol ?? 'TCP'
        return number === 0 ? [] : [{ template, place, index, number, protocol }]
      }),
    ),
  )
