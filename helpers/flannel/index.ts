// flannel: the network between the pods of a cluster.
import type { Platform } from '#src/model/platform/platform.ts'
import type * as fixes from './fixes.ts'
import { sections } from './policy.ts'

export const flannel: Platform<{ policy: typeof sections; fixes: typeof fixes }> = {
  name: 'flannel',
  policy: sections,
  faults: [() => import('./faults.ts')],
  fixes: [() => import('./fixes.ts')],
}
