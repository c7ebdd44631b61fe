// Zones of nodes, and how far a zone is disrupted.
import { limits } from '#lab/control/delays.ts'
import type { FullNode } from '#lab/control/objects.ts'
import { conditionOf } from '#lab/control/pods.ts'

export type ZoneState = 'normal' | 'partial' | 'full'

/** @source Kubernetes default, node lifecycle controller, ComputeZoneState */
export function zoneState(ready: number, notReady: number): ZoneState {
  if (ready === 0 && notReady > 0) return 'full'
  if (notReady > 2 && notReady / (notReady + ready) >= limits.unhealthyShare) return 'partial'
  return 'normal'
}

export const zoneOf = (node: FullNode): string =>
  ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone']
    .map(key => node.metadata.labels?.[key] ?? '')
    .join('/')

/** The status of a node's Ready condition; Unknown if it has none. */
export const readyStatus = (node: FullNode): string =>
  conditionOf(node.status?.conditions, 'Ready')?.status ?? 'Unknown'

/** The state of each zone. */
export function zoneStates(nodes: readonly FullNode[]): Map<string, ZoneState> {
  const states = new Map<string, ZoneState>()
  for (const zone of new Set(nodes.map(zoneOf))) {
    const members = nodes.filter(node => zoneOf(node) === zone)
    const ready = members.filter(node => readyStatus(node) === 'True').length
    states.set(zone, zoneState(ready, members.length - ready))
  }
  return states
}
