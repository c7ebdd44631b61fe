// Cluster addresses and node ports of Services: kept, checked against the used ones, and allocated.
import type { SeededRandom } from '#lab/kernel/random.ts'
import type { Store } from '#lab/kernel/store.ts'
import type { FieldError } from '#lab/kube/messages/status.ts'
import { field } from '#lab/kube/messages/status.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { asJson, listAt, numberAt, textAt, textsAt } from '#lab/kube/patch/json.ts'
import { allocatePorts, wantsPorts, type PortRange } from './service-ports.ts'

export interface ServiceNetwork {
  nodePorts: PortRange
  /** The first 16 bits of the addresses of Services, such as `10.96`. */
  prefix: string
}

/** A free address, searched upwards from a random one. Each search draws exactly once. */
function freeAddress(
  used: ReadonlySet<string>,
  prefix: string,
  random: SeededRandom,
): string | undefined {
  const size = 65_534
  // The first 256 addresses are left to Services that ask for one. @source Kubernetes
  // documentation, Service ClusterIP allocation
  const start = random.integer(256, size)
  for (let step = 0; step < size; step += 1) {
    const host = 1 + ((start - 1 + step) % size)
    const address = `${prefix}.${host >> 8}.${host & 255}`
    if (!used.has(address)) return address
  }
  return undefined
}

function setAddress(spec: JsonObject, address: string): void {
  spec['clusterIP'] = address
  spec['clusterIPs'] = [address]
}

/** Gives a Service the address that it asks for, or a free one, in place. */
function allocateAddress(
  spec: JsonObject,
  others: readonly JsonObject[],
  prefix: string,
  random: SeededRandom,
): FieldError[] {
  const wanted = textAt(spec, 'clusterIP') ?? textsAt(spec, 'clusterIPs')[0] ?? ''
  if (wanted === 'None') {
    setAddress(spec, 'None')
    return []
  }
  const used = new Set(others.flatMap(other => textAt(other, 'spec', 'clusterIP') ?? []))
  const address = wanted === '' ? freeAddress(used, prefix, random) : wanted
  if (address === undefined)
    return [field.invalid('spec.clusterIPs', [], 'failed to allocate a serviceIP: range is full')]
  if (used.has(address)) {
    const why = `failed to allocate IP ${address}: provided IP is already allocated`
    return [field.invalid('spec.clusterIPs', [address], why)]
  }
  setAddress(spec, address)
  return []
}

/**
 * Gives a Service its cluster address and node ports, in place, and drops those that its type does
 * not have. `before`: the stored Service, for updates. Returns the errors.
 */
export function allocateService(
  store: Store,
  service: JsonObject,
  before: JsonObject | undefined,
  network: ServiceNetwork,
  random: SeededRandom,
): FieldError[] {
  const spec = service['spec'] as JsonObject
  if (before !== undefined) keepAllocated(spec, before)
  const type = textAt(spec, 'type')
  if (type === 'ExternalName') return []
  const others = otherServices(store, service)
  const errors = allocateAddress(spec, others, network.prefix, random)
  if (type === 'ClusterIP') return errors
  const taken = new Set(
    others.flatMap(other =>
      listAt(other, 'spec', 'ports').flatMap(port => numberAt(port, 'nodePort') ?? []),
    ),
  )
  return [...errors, ...allocatePorts(spec, taken, network.nodePorts, random)]
}

function otherServices(store: Store, service: JsonObject): JsonObject[] {
  const namespace = textAt(service, 'metadata', 'namespace')
  const name = textAt(service, 'metadata', 'name') ?? ''
  return store
    .list('Service')
    .map(asJson)
    .filter(
      other =>
        textAt(other, 'metadata', 'namespace') !== namespace ||
        textAt(other, 'metadata', 'name') !== name,
    )
}

/**
 * Keeps the stored address and node ports if an update leaves them out, and drops them if the new
 * type does not have them. In place.
 */
function keepAllocated(spec: JsonObject, before: JsonObject): void {
  const old = before['spec'] as JsonObject
  const hasAddress = spec['type'] === 'ExternalName' || textAt(spec, 'clusterIP') !== undefined
  if (!hasAddress && old['clusterIP'] !== undefined) {
    spec['clusterIP'] = old['clusterIP']
    if (old['clusterIPs'] !== undefined) spec['clusterIPs'] = old['clusterIPs']
  }
  const becomesInternal = spec['type'] === 'ClusterIP' && old['type'] !== 'ClusterIP'
  keepPorts(spec, old, becomesInternal)
  if (!becomesInternal) return
  for (const key of externalFields) delete spec[key]
}

/** Fields that a ClusterIP does not have. */
const externalFields = [
  'externalTrafficPolicy',
  'healthCheckNodePort',
  'allocateLoadBalancerNodePorts',
]

function keepPorts(spec: JsonObject, old: JsonObject, becomesInternal: boolean): void {
  const oldPorts = listAt(old, 'ports')
  for (const port of listAt(spec, 'ports')) {
    const same = oldPorts.find(
      other => other['port'] === port['port'] && other['protocol'] === port['protocol'],
    )
    const nodePort = numberAt(same, 'nodePort')
    if (wantsPorts(spec) && numberAt(port, 'nodePort') === undefined && nodePort !== undefined)
      port['nodePort'] = nodePort
    if (becomesInternal && port['nodePort'] === nodePort) delete port['nodePort']
  }
}
