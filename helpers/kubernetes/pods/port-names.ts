// Ports by name: probes and hooks that ask one, and Services that lead to one.
import { isJsonObject } from '#src/model/json.ts'
import type { Answers, Container, Path, Service } from '#src/model/index.ts'
import { findsPodsOf } from './controller-labels.ts'
import { probeKeys } from '#helpers/kubernetes/probes.ts'
import { inNamespace, services } from '#helpers/kubernetes/questions.ts'
import {
  containersOf,
  items,
  longRunning,
  podTemplates,
  type ContainerPlace,
  type PodTemplate,
} from '#helpers/kubernetes/templates.ts'

/** A probe or a hook that asks a port by a name that its container does not have. */
export interface AskedPort {
  readonly place: ContainerPlace
  /** `livenessProbe`, `preStop`. */
  readonly by: string
  readonly name: string
  /** Where the name is in the object. */
  readonly path: Path
  /** The names that the container has. */
  readonly known: readonly string[]
}

/** A port of a Service that leads to a name that no container behind it has. */
export interface Target {
  readonly service: Service
  /** Of the port in the Service. */
  readonly index: number
  readonly name: string
  readonly protocol: string
  /** The names that the pods have. */
  readonly known: readonly string[]
}

const namesOf = ({ ports }: Container): readonly string[] =>
  items(ports).flatMap(([{ name }]) => (typeof name === 'string' && name !== '' ? [name] : []))

/** Whether a text is a name: the API server and the kubelet read digits as a number. */
const isName = (port: unknown): port is string =>
  typeof port === 'string' && port !== '' && !/^\d+$/.test(port)

function asked(
  place: ContainerPlace,
  by: string,
  handler: unknown,
  path: Path,
): readonly AskedPort[] {
  if (!isJsonObject(handler)) return []
  const known = namesOf(place.container)
  return ['httpGet', 'tcpSocket'].flatMap(way => {
    const action = handler[way]
    const name = isJsonObject(action) ? action['port'] : undefined
    return isName(name) && !known.includes(name)
      ? [{ place, by, name, path: [...path, way, 'port'], known }]
      : []
  })
}

/**
 * Ports that probes and hooks of a template ask by a name that is not there. The kubelet looks for
 * it in the same container only. @source Kubernetes, pkg/probe: ResolveContainerPort
 */
export const namelessProbes = (template: PodTemplate): readonly AskedPort[] =>
  containersOf(template).flatMap(place => [
    ...probeKeys.flatMap(key => asked(place, key, place.container[key], [...place.path, key])),
    ...(['postStart', 'preStop'] as const).flatMap(hook =>
      asked(place, hook, place.container.lifecycle?.[hook], [...place.path, 'lifecycle', hook]),
    ),
  ])

/** A missing protocol, and an empty one, is TCP. @source Kubernetes, defaults of ports */
const protocolOf = ({ protocol = '' }: { protocol?: string }): string =>
  protocol === '' ? 'TCP' : protocol

function targetsOf(answers: Answers, service: Service): readonly Target[] {
  const { selector, ports, type } = service.spec ?? {}
  if (!isJsonObject(selector) || Object.keys(selector).length === 0 || type === 'ExternalName')
    return []
  const behind = podTemplates(answers, service.metadata.namespace ?? '').filter(template =>
    findsPodsOf({ matchLabels: service.spec.selector ?? {} }, template),
  )
  if (behind.length === 0) return []
  const there = behind.flatMap(template =>
    longRunning(template).flatMap(({ container }) => items(container.ports).map(([port]) => port)),
  )
  return items(ports).flatMap(([port, index]) => {
    const { targetPort: name } = port
    const protocol = protocolOf(port)
    if (!isName(name)) return []
    if (there.some(each => each.name === name && protocolOf(each) === protocol)) return []
    const known = [...new Set(there.flatMap(each => each.name ?? []))]
    return [{ service, index, name, protocol, known }]
  })
}

/**
 * Ports of Services that lead to a name that none of their pods has: the endpoints controller
 * leaves such a pod out. @source Kubernetes, pkg/api/v1/pod: FindPort, by name and protocol, in
 * containers and sidecars
 */
export const namelessTargets = (answers: Answers, namespace: string): readonly Target[] =>
  inNamespace(answers(services), namespace).flatMap(service => targetsOf(answers, service))

/** `a port of the same container: http, metrics`. */
export const portsInWords = (what: string, known: readonly string[]): string =>
  known.length === 0 ? `${what}, which has no name for any` : `${what}: ${known.join(', ')}`
