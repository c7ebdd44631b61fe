// Cluster addresses and node ports of Services: checked against those in use, and handed out.
import type { SeededRandom } from '#lab/kernel/random.ts'
import type { Store } from '#lab/kernel/store.ts'
import type { Json, JsonObject } from '#lab/kube/patch/json.ts'
import { asJson, listAt, numberAt, textAt, textsAt } from '#lab/kube/patch/json.ts'
import type { FieldError } from '#lab/kube/messages/status.ts'
import { field } from '#lab/kube/messages/status.ts'

export interface ServiceNetwork {
  /** Both ends belong to it. */
  nodePorts: { from: number; to: number }
  /** First 16 bits of the service addresses, e.g. `10.96`. */
  prefix: string
}

const isService = (object: JsonObject, namespace: string | undefined, name: string): boolean =>
  textAt(object, 'metadata', 'namespace') === namespace &&
  textAt(object, 'metadata', 'name') === name

/**
 * Ports that are handed out without being asked for keep off the lower band, which is left to those
 * who ask.
 */
function dynamicFrom(range: { from: number; to: number }): number {
  const size = range.to - range.from + 1
  // @source Kubernetes documentation, Service: avoiding NodePort collisions, min(max(16, size/32),
  // 128)
  const band = Math.min(Math.max(16, Math.floor(size / 32)), 128)
  return size > band ? range.from + band : range.from
}

const wantsPorts = (spec: JsonObject): boolean =>
  spec['type'] === 'NodePort' ||
  (spec['type'] === 'LoadBalancer' && spec['allocateLoadBalancerNodePorts'] !== false)

/** Fills node ports in place and returns what is wrong with those that were asked for. */
function allocatePorts(
  spec: JsonObject,
  taken: ReadonlySet<number>,
  range: { from: number; to: number },
  random: SeededRandom,
): FieldError[] {
  const errors: FieldError[] = []
  // One Service may use one node port for TCP and UDP; two Services may not share one.
  const own = new Map<number, Set<Json | undefined>>()
  const ports = listAt(spec, 'ports')
  ports.forEach((port, index) => {
    const wanted = numberAt(port, 'nodePort')
    if (wanted === undefined || wanted === 0) return
    const path = `spec.ports[${index}].nodePort`
    const protocols = own.get(wanted) ?? new Set()
    if (wanted < range.from || wanted > range.to) {
      errors.push(
        field.invalid(
          path,
          wanted,
          `provided port is not in the valid range. The range of valid ports is ${range.from}-${range.to}`,
        ),
      )
    } else if (taken.has(wanted) || protocols.has(port['protocol'])) {
      errors.push(field.invalid(path, wanted, 'provided port is already allocated'))
    }
    own.set(wanted, protocols.add(port['protocol']))
  })
  if (errors.length > 0 || !wantsPorts(spec)) return errors
  for (const [index, port] of ports.entries()) {
    if ((numberAt(port, 'nodePort') ?? 0) !== 0) continue
    const free = freePort(port => taken.has(port) || own.has(port), range, random)
    if (free === undefined)
      return [
        field.invalid(
          `spec.ports[${index}].nodePort`,
          0,
          'failed to allocate a nodePort: range is full',
        ),
      ]
    own.set(free, new Set([port['protocol']]))
    port['nodePort'] = free
  }
  return errors
}

function freePort(
  used: (port: number) => boolean,
  range: { from: number; to: number },
  random: SeededRandom,
): number | undefined {
  const size = range.to - range.from + 1
  const from = dynamicFrom(range)
  const start = random.integer(from, range.to)
  // From a random port on, around once: always the same number of draws, and every port is tried.
  for (let step = 0; step < size; step += 1) {
    const port = range.from + ((start - range.from + step) % size)
    if (!used(port)) return port
  }
  return undefined
}

function freeAddress(
  used: ReadonlySet<string>,
  prefix: string,
  random: SeededRandom,
): string | undefined {
  const size = 65_534
  // The first 256 addresses are left to those who ask. @source Kubernetes documentation, Service
  // ClusterIP allocation
  const start = random.integer(256, size)
  for (let step = 0; step < size; step += 1) {
    const host = 1 + ((start - 1 + step) % size)
    const address = `${prefix}.${host >> 8}.${host & 255}`
    if (!used.has(address)) return address
  }
  return undefined
}

/**
 * Gives a Service its cluster address and node ports, in place, and drops those that its type does
 * not have.
 * `before`: the Service as it was, for updates. Returns what is wrong.
 */
export function allocateService(
  store: Store,
  service: JsonObject,
  before: JsonObject | undefined,
  network: ServiceNetwork,
  random: SeededRandom,
): FieldError[] {
  const spec = service['spec'] as JsonObject
  const namespace = textAt(service, 'metadata', 'namespace')
  const name = textAt(service, 'metadata', 'name') ?? ''
  const others = store
    .list('Service')
    .map(asJson)
    .filter(other => !isService(other, namespace, name))
  if (before !== undefined) keepAllocated(spec, before)
  const errors: FieldError[] = []
  const type = textAt(spec, 'type')
  if (type === 'ExternalName') return errors
  const wanted = textAt(spec, 'clusterIP') ?? textsAt(spec, 'clusterIPs')[0] ?? ''
  if (wanted === 'None') {
    spec['clusterIP'] = 'None'
    spec['clusterIPs'] = ['None']
  } else {
    const used = new Set(others.flatMap(other => textAt(other, 'spec', 'clusterIP') ?? []))
    const given = wanted === '' ? freeAddress(used, network.prefix, random) : wanted
    if (given === undefined)
      errors.push(
        field.invalid('spec.clusterIPs', [], 'failed to allocate a serviceIP: range is full'),
      )
    else if (used.has(given))
      errors.push(
        field.invalid(
          'spec.clusterIPs',
          [given],
          `failed to allocate IP ${given}: provided IP is already allocated`,
        ),
      )
    else {
      spec['clusterIP'] = given
      spec['clusterIPs'] = [given]
    }
  }
  if (type === 'ClusterIP') return errors
  const taken = new Set(
    others.flatMap(other =>
      listAt(other, 'spec', 'ports').flatMap(port => numberAt(port, 'nodePort') ?? []),
    ),
  )
  return [...errors, ...allocatePorts(spec, taken, network.nodePorts, random)]
}

/**
 * An update that leaves address or node ports out keeps them; one that changes the type loses what
 * only the old type had.
 */
function keepAllocated(spec: JsonObject, before: JsonObject): void {
  const old = before['spec'] as JsonObject
  if (
    spec['type'] !== 'ExternalName' &&
    textAt(spec, 'clusterIP') === undefined &&
    old['clusterIP'] !== undefined
  ) {
    spec['clusterIP'] = old['clusterIP']
    if (old['clusterIPs'] !== undefined) spec['clusterIPs'] = old['clusterIPs']
  }
  const oldPorts = listAt(old, 'ports')
  for (const port of listAt(spec, 'ports')) {
    const same = oldPorts.find(
      other => other['port'] === port['port'] && other['protocol'] === port['protocol'],
    )
    const had = numberAt(same, 'nodePort')
    if (wantsPorts(spec) && numberAt(port, 'nodePort') === undefined && had !== undefined)
      port['nodePort'] = had
    if (spec['type'] === 'ClusterIP' && old['type'] !== 'ClusterIP' && port['nodePort'] === had)
      delete port['nodePort']
  }
  if (spec['type'] === 'ClusterIP' && old['type'] !== 'ClusterIP') {
    for (const key of [
      'externalTrafficPolicy',
      'healthCheckNodePort',
      'allocateLoadBalancerNodePorts',
    ])
      delete spec[key]
  }
}
