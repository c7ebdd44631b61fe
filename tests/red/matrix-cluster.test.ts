// The whole matrix of breaks and invariants, part 2: nodes, network, workloads and their probes.
import { breaks } from './breaks.ts'
import { prove } from './prove.ts'

prove('nodes', breaks.nodes)
prove('network', breaks.network)
prove('workloads', breaks.workloads)
prove('probes', breaks.probes)
