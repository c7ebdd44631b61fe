// The machine on which holdfast runs: its processes, ports and files.
import type { Platform } from '#src/model/platform/platform.ts'
import type { TargetKind } from '#src/model/runtime.ts'
import type * as fixes from './fixes.ts'
import { acts, programs } from './forbidden.ts'

const lacks = (target: TargetKind) =>
  target === 'container'
    ? {
        processes:
          'the processes of this host are not the business of a node that was started for this run',
        backups: 'the data of this node live as long as the node: nothing backs them up',
      }
    : {}

export const host: Platform<{ fixes: typeof fixes; forbidden: typeof acts }> = {
  name: 'host',
  faults: [() => import('./faults.ts')],
  fixes: [() => import('./fixes.ts')],
  forbidden: acts,
  programs,
  lacks,
}
