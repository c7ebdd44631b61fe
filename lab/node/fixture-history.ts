// Events, nodes and pods in one line each, to compare them with the recordings of the real node.
import type { ContainerState, Event, Node, Pod } from '#src/model/kube.ts'

/** One line about an object of the recordings; undefined for all other kinds. */
export function describe(
  type: string,
  object: { kind: string; metadata: { name: string } },
): string | undefined {
  // The kind implies the type.
  if (object.kind === 'Event') return `${type} ${eventLine(object as Event)}`
  if (object.kind === 'Node') return `${type} ${nodeLine(object as Node)}`
  return object.kind === 'Pod' ? `${type} ${podLine(object as Pod)}` : undefined
}

function eventLine(event: Event): string {
  const { kind, name } = event.involvedObject
  const message = (event.message ?? '').replace(/"[0-9a-f]{64}"/g, '"<id>"')
  return `Event ${event.type} ${event.reason} x${event.count ?? 1} [${kind}/${name}] ${message}`
}

function nodeLine({ spec, status, metadata }: Node): string {
  const taints = (spec?.taints ?? []).map(each => each.key).join(',')
  const conditions = (status?.conditions ?? []).map(
    each => `${each.type}=${each.status}:${each.reason}`,
  )
  return `Node ${metadata.name} taints=[${taints}] ${conditions.join(' ')}`
}

function podLine({ metadata, status }: Pod): string {
  const states = (status?.containerStatuses ?? []).map(
    ({ state, ready, started, restartCount }) =>
      `${stateText(state)} ready=${ready} started=${started} rc=${restartCount}`,
  )
  const conditions = (status?.conditions ?? []).map(
    each => `${each.type}=${each.status}${each.reason === undefined ? '' : `:${each.reason}`}`,
  )
  const deleted = metadata.deletionTimestamp === undefined ? '-' : 'yes'
  return (
    `Pod ${metadata.name} ${status?.phase} del=${deleted} ip=${status?.podIP ?? '-'} ` +
    `[${states.join('; ')}] ${conditions.join(' ')}`
  )
}

function stateText(state: ContainerState | undefined): string {
  if (state?.running) return 'running'
  if (state?.terminated)
    return `terminated:${state.terminated.reason} exit ${state.terminated.exitCode}`
  return `waiting:${state?.waiting?.reason}`
}

/** Wraps lines at spaces, so that snapshots of them fit into 100 columns. */
export const wrapped = (lines: readonly string[]): string[] =>
  lines.flatMap(line => line.match(/.{1,84}(?: |$)|\S+ ?/g) ?? [line])
