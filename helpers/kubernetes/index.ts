// Kubernetes: the API of the cluster, its nodes, workloads, pods and Services.
import type { Platform } from '#src/model/platform/platform.ts'
import type * as nodeFixes from './fixes/nodes.ts'
import type * as podFixes from './fixes/pods.ts'
import type * as rollbackFixes from './fixes/rollback.ts'
import type * as serviceFixes from './fixes/services.ts'
import type * as workloadFixes from './fixes/workloads.ts'
import { acts, programs } from './forbidden.ts'
import { judgeRequest } from './requests.ts'

export const kubernetes: Platform<{
  fixes:
    | typeof nodeFixes
    | typeof podFixes
    | typeof rollbackFixes
    | typeof serviceFixes
    | typeof workloadFixes
  forbidden: typeof acts
}> = {
  name: 'kubernetes',
  faults: [
    () => import('./faults/nodes.ts'),
    () => import('./faults/pods.ts'),
    () => import('./faults/services.ts'),
    () => import('./faults/images.ts'),
    () => import('./faults/probes.ts'),
  ],
  fixes: [
    () => import('./fixes/nodes.ts'),
    () => import('./fixes/pods.ts'),
    () => import('./fixes/services.ts'),
    () => import('./fixes/workloads.ts'),
    () => import('./fixes/rollback.ts'),
  ],
  forbidden: acts,
  programs,
  judgeRequest,
  scheduler: async () => (await import('./nightly/scheduler.ts')).scheduler,
}
