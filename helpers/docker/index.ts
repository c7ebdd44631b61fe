// Docker: it runs the containers that are the nodes.
import type { Platform } from '#src/model/platform/platform.ts'
import { carrier } from './carrier.ts'
import type * as fixes from './fixes.ts'
import { programs } from './forbidden.ts'
import { sections } from './policy.ts'

export const docker: Platform<{ policy: typeof sections; fixes: typeof fixes }> = {
  name: 'docker',
  policy: sections,
  faults: [() => import('./faults.ts')],
  fixes: [() => import('./fixes.ts')],
  programs,
  carrier,
}
