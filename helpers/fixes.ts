// Every fix by its name: what a clause can name as its proof and --disable can take away.
import type { Fix } from '#src/model/index.ts'
import * as colima from './colima/fixes.ts'
import * as docker from './docker/fixes.ts'
import * as flannel from './flannel/fixes.ts'
import * as host from './host/fixes.ts'
import * as nodes from './kubernetes/fixes/nodes.ts'
import * as pods from './kubernetes/fixes/pods.ts'
import * as services from './kubernetes/fixes/services.ts'
import * as workloads from './kubernetes/fixes/workloads.ts'
import * as systemd from './systemd/fixes.ts'
import * as talos from './talos/fixes.ts'

const modules = [nodes, pods, services, workloads, docker, flannel, talos, systemd, host, colima]

const isFix = (value: unknown): value is Fix =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'fix'

export const fixes: readonly Fix[] = modules
  .flatMap((module): unknown[] => Object.values(module))
  .filter(isFix)
