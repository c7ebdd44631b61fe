// Kubernetes: the API of the cluster, its nodes, workloads, pods and Services.
import type { Platform } from '#src/model/platform/platform.ts'
import * as imageFaults from './faults/images.ts'
import * as nodeFaults from './faults/nodes.ts'
import * as podFaults from './faults/pods.ts'
import * as probeFaults from './faults/probes.ts'
import * as serviceFaults from './faults/services.ts'
import * as nodeFixes from './fixes/nodes.ts'
import * as podFixes from './fixes/pods.ts'
import * as serviceFixes from './fixes/services.ts'
import * as workloadFixes from './fixes/workloads.ts'
import { acts, programs } from './forbidden.ts'
import { judgeRequest } from './requests.ts'

export const kubernetes: Platform<{
  fixes: typeof nodeFixes | typeof podFixes | typeof serviceFixes | typeof workloadFixes
  forbidden: typeof acts
}> = {
  name: 'kubernetes',
  faults: [nodeFaults, podFaults, serviceFaults, imageFaults, probeFaults],
  fixes: [nodeFixes, podFixes, serviceFixes, workloadFixes],
  forbidden: acts,
  programs,
  judgeRequest,
}
