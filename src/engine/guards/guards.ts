// Every guard of a drill. All of them judge the same snapshot, before the first write.
import type { Guard } from '#src/model/index.ts'
import { capabilities, evidenceDisk, mayAct, mayUndo } from './ability-guards.ts'
import {
  lastControlPlane,
  lastReplica,
  lastVolumeCopy,
  ownNode,
  replicaShare,
  unbackedClaim,
} from './loss-guards.ts'
import { inWindow, oneAtATime, rightCluster, steadyState } from './situation-guards.ts'

/** All guards, in the order in which reports list them. */
export const guards: readonly Guard[] = [
  rightCluster,
  oneAtATime,
  steadyState,
  inWindow,
  replicaShare,
  lastReplica,
  lastControlPlane,
  lastVolumeCopy,
  unbackedClaim,
  ownNode,
  capabilities,
  mayAct,
  mayUndo,
  evidenceDisk,
]
