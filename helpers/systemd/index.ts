// systemd: it runs the service that a node is.
import type { Platform } from '#src/model/platform/platform.ts'
import type { TargetKind } from '#src/model/runtime.ts'
import type * as fixes from './fixes.ts'
import { sections } from './policy.ts'
import { programs } from './programs.ts'

const lacks = (target: TargetKind) =>
  target === 'container'
    ? { 'node-services': 'the node is a container of this host: it has no machine to enter by ssh' }
    : {}

export const systemd: Platform<{ policy: typeof sections; fixes: typeof fixes }> = {
  name: 'systemd',
  policy: sections,
  fixes: [() => import('./fixes.ts')],
  programs,
  lacks,
  scheduler: async () => (await import('./scheduler.ts')).scheduler,
}
