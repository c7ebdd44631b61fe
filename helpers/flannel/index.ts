// flannel: the network between the pods of a cluster.
import type { Platform } from '#src/model/platform/platform.ts'
import * as faults from './faults.ts'
import * as fixes from './fixes.ts'
import { sections } from './policy.ts'

export const flannel: Platform<{ policy: typeof sections; fixes: typeof fixes }> = {
  name: 'flannel',
  policy: sections,
  faults: [faults],
  fixes: [fixes],
}
