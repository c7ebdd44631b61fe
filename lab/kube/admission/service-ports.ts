// Node ports of Services: checked against the used ones, and allocated.
import type { SeededRandom } from '#lab/kernel/random.ts'
import type { FieldError } from '#lab/kube/messages/status.ts'
import { field } from '#lab/kube/messages/status.ts'
import type { Json, JsonObject } from '#lab/kube/patch/json.ts'
import { listAt, numberAt } from '#lab/kube/patch/json.ts'

/** Includes both ends. */
export interface PortRange {
  from: number
  to: number
}

/** The node ports of one Service with the protocols that use each. */
type OwnPorts = Map<number, Set<Json | undefined>>

/** Whether a Service of this type has node ports. */
export const wantsPorts = (spec: JsonObject): boolean =>
  spec['type'] === 'NodePort' ||
  (spec['type'] === 'LoadBalancer' && spec['allocateLoadBalancerNodePorts'] !== false)

/**
 * The first port for Services that ask for none. The lower band is left to Services that ask for a
 * port. @source Kubernetes documentation, Service: avoiding NodePort collisions, min(max(16,
 * size/32), 128)
 */
function dynamicFrom(range: PortRange): number {
  const size = range.to - range.from + 1
  const band = Math.min(Math.max(16, Math.floor(size / 32)), 128)
  return size > band ? range.from + band : range.from
}

/** A free port, searched upwards from a random one. Each search draws exactly once. */
function freePort(
  isUsed: (port: number) => boolean,
  range: PortRange,
  random: SeededRandom,
): number | undefined {
  const size = range.to - range.from + 1
  const start = random.integer(dynamicFrom(range), range.to)
  for (let step = 0; step < size; step += 1) {
    const port = range.from + ((start - range.from + step) % size)
    if (!isUsed(port)) return port
  }
  return undefined
}

/** Checks the node ports that the Service asks for, and adds them to its own. */
function checkWanted(
  ports: readonly JsonObject[],
  taken: ReadonlySet<number>,
  own: OwnPorts,
  { from, to }: PortRange,
): FieldError[] {
  return ports.flatMap((port, index): FieldError[] => {
    const wanted = numberAt(port, 'nodePort') ?? 0
    if (wanted === 0) return []
    const path = `spec.ports[${index}].nodePort`
    const protocols = own.get(wanted) ?? new Set()
    // One Service may use a node port for TCP and for UDP. Two Services may not share one.
    const isTaken = taken.has(wanted) || protocols.has(port['protocol'])
    own.set(wanted, protocols.add(port['protocol']))
    if (wanted < from || wanted > to) {
      const valid = `The range of valid ports is ${from}-${to}`
      const why = `provided port is not in the valid range. ${valid}`
      return [field.invalid(path, wanted, why)]
    }
    return isTaken ? [field.invalid(path, wanted, 'provided port is already allocated')] : []
  })
}

/**
 * Allocates the missing node ports of a Service, in place. `taken`: those of all other Services.
 * Returns the errors of the ports that it asks for.
 */
export function allocatePorts(
  spec: JsonObject,
  taken: ReadonlySet<number>,
  range: PortRange,
  random: SeededRandom,
): FieldError[] {
  const own: OwnPorts = new Map()
  const ports = listAt(spec, 'ports')
  const errors = checkWanted(ports, taken, own, range)
  if (errors.length > 0 || !wantsPorts(spec)) return errors
  for (const [index, port] of ports.entries()) {
    if ((numberAt(port, 'nodePort') ?? 0) !== 0) continue
    const free = freePort(number => taken.has(number) || own.has(number), range, random)
    if (free === undefined) {
      const why = 'failed to allocate a nodePort: range is full'
      return [field.invalid(`spec.ports[${index}].nodePort`, 0, why)]
    }
    own.set(free, new Set([port['protocol']]))
    port['nodePort'] = free
  }
  return []
}
