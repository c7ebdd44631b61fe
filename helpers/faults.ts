// Every fault by its name: an undo record knows only that.
import type { Fault } from '#src/model/index.ts'
import * as colima from './colima/faults.ts'
import * as data from './redis/faults.ts'
import * as exposure from './host/faults.ts'
import * as network from './flannel/faults.ts'
import * as node from './docker/faults.ts'
import * as workload from './kubernetes/faults.ts'

const all: readonly Fault[] = [
  ...Object.values(colima),
  ...Object.values(data),
  ...Object.values(exposure),
  ...Object.values(network),
  ...Object.values(node),
  ...Object.values(workload),
]

export const faults: ReadonlyMap<string, Fault> = new Map(all.map(fault => [fault.name, fault]))
