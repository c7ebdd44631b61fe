// Every break of these tests, by section of the invariants.
import type { Break } from './breaks/break.ts'
import { endpoints } from './breaks/endpoints.ts'
import { services } from './breaks/exposure.ts'
import { colimas, settings } from './breaks/host.ts'
import { applications, mappings } from './breaks/mappings.ts'
import { network } from './breaks/network.ts'
import { nodes } from './breaks/nodes.ts'
import { traps } from './breaks/services.ts'
import { rollouts } from './breaks/rollouts.ts'
import { storage } from './breaks/storage.ts'
import { probes, workloads } from './breaks/workloads.ts'

export const breaks = {
  endpoints,
  exposure: [...services, ...mappings, ...applications],
  nodes,
  network,
  workloads: [...workloads, ...rollouts],
  probes,
  storage,
  host: [...colimas, ...settings],
  services: traps,
} as const satisfies Record<string, readonly Break[]>
