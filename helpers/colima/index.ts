// Colima: the VM on a Mac in which Docker runs.
import type { Platform } from '#src/model/platform/platform.ts'
import type { TargetKind } from '#src/model/runtime.ts'
import { carrier } from './carrier.ts'
import type * as fixes from './fixes.ts'
import { acts, judgeRemoval, programs } from './forbidden.ts'
import { sections } from './policy.ts'

const lacks = (target: TargetKind) =>
  target === 'container'
    ? {
        colima: 'the node runs in the Docker of this host, without Colima',
        'vm-ssh': 'there is no VM to enter: the node is a container of this host',
      }
    : {}

export const colima: Platform<{
  policy: typeof sections
  fixes: typeof fixes
  forbidden: typeof acts
}> = {
  name: 'colima',
  policy: sections,
  faults: [() => import('./faults.ts')],
  fixes: [() => import('./fixes.ts')],
  forbidden: acts,
  programs,
  judgeRemoval,
  lacks,
  carrier,
}
