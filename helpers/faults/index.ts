// Every fault by its name: an undo record knows only that.
import type { Fault } from '../words/index.ts'
import * as colima from './colima.ts'
import * as data from './data.ts'
import * as exposure from './exposure.ts'
import * as network from './network.ts'
import * as node from './node.ts'
import * as workload from './workload.ts'

const all: readonly Fault[] = [...Object.values(colima), ...Object.values(data), ...Object.values(exposure), ...Object.values(network), ...Object.values(node), ...Object.values(workload)]

export const faults: ReadonlyMap<string, Fault> = new Map(all.map(fault => [fault.name, fault]))
