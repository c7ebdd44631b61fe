// Every fault by its name: an undo record holds nothing else of it.
import type { Fault } from '#src/model/index.ts'
import * as colima from './colima/faults.ts'
import * as docker from './docker/faults.ts'
import * as flannel from './flannel/faults.ts'
import * as host from './host/faults.ts'
import * as images from './kubernetes/faults/images.ts'
import * as nodes from './kubernetes/faults/nodes.ts'
import * as pods from './kubernetes/faults/pods.ts'
import * as probes from './kubernetes/faults/probes.ts'
import * as services from './kubernetes/faults/services.ts'
import * as redis from './redis/faults.ts'

const modules = [nodes, pods, services, images, probes, docker, flannel, redis, host, colima]

const isFault = (value: unknown): value is Fault =>
  typeof value === 'function' && 'kind' in value && value.kind === 'fault'

export const faults: ReadonlyMap<string, Fault> = new Map(
  modules
    .flatMap((module): unknown[] => Object.values(module))
    .filter(isFault)
    .map(fault => [fault.name, fault]),
)
