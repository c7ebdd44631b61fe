// Every drill, for `drill`, `nightly` and `list`.
import type { Drill, NamesIn } from '#helpers/index.ts'
import * as apiPortDrifts from './api-port-drifts.spec.ts'
import * as colimaZombie from './colima-zombie.spec.ts'
import * as flannelIsKilled from './flannel-is-killed.spec.ts'
import * as flannelLosesItsSubnet from './flannel-loses-its-subnet.spec.ts'
import * as imageMissing from './image-missing.spec.ts'
import * as kubeletFallsSilent from './kubelet-falls-silent.spec.ts'
import * as nodeComesBack from './node-comes-back.spec.ts'
import * as nodeContainerDies from './node-container-dies.spec.ts'
import * as pdsNodePortReset from './pds-nodeport-reset.spec.ts'
import * as portForwardDiesSilently from './port-forward-dies-silently.spec.ts'
import * as redisDiesWhileWriting from './redis-dies-while-writing.spec.ts'
import * as restartColima from './restart-colima.spec.ts'
import * as typesenseHangs from './typesense-hangs.spec.ts'

const files = {
  'restart-colima': restartColima,
  'colima-zombie': colimaZombie,
  'flannel-is-killed': flannelIsKilled,
  'flannel-loses-its-subnet': flannelLosesItsSubnet,
  'node-comes-back': nodeComesBack,
  'api-port-drifts': apiPortDrifts,
  'pds-nodeport-reset': pdsNodePortReset,
  'port-forward-dies-silently': portForwardDiesSilently,
  'typesense-hangs': typesenseHangs,
  'node-container-dies': nodeContainerDies,
  'kubelet-falls-silent': kubeletFallsSilent,
  'redis-dies-while-writing': redisDiesWhileWriting,
  'image-missing': imageMissing,
} as const

export type DrillName = NamesIn<(typeof files)[keyof typeof files], 'drill'>

const isDrill = (value: unknown): value is Drill =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'drill'

/** Drills with the spec file that holds them. */
export const byFile: readonly { file: string; drill: Drill }[] = Object.entries(files).flatMap(
  ([name, file]) =>
    Object.values(file)
      .filter(isDrill)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(drill => ({ file: `specs/chaos/${name}.spec.ts`, drill })),
)

export const drills: readonly Drill[] = byFile.map(({ drill }) => drill)
