// Docker: it runs the containers that nodes are.
import type { Platform } from '#src/model/platform/platform.ts'
import { carrier } from './carrier.ts'
import * as faults from './faults.ts'
import * as fixes from './fixes.ts'
import { programs } from './forbidden.ts'
import { sections } from './policy.ts'

export const docker: Platform<{ policy: typeof sections; fixes: typeof fixes }> = {
  name: 'docker',
  policy: sections,
  faults: [faults],
  fixes: [fixes],
  programs,
  carrier,
}
