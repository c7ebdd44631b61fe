// Talos: the operating system of nodes, which has an API and no shell.
import type { Platform } from '#src/model/platform/platform.ts'
import type { TargetKind } from '#src/model/runtime.ts'
import type * as fixes from './fixes.ts'
import { acts, programs } from './forbidden.ts'
import { sections } from './policy.ts'

const lacks = (target: TargetKind) =>
  target === 'container'
    ? { talos: 'the node is no Talos: it has no Talos API and no talosconfig' }
    : {}

export const talos: Platform<{
  policy: typeof sections
  fixes: typeof fixes
  forbidden: typeof acts
}> = {
  name: 'talos',
  policy: sections,
  fixes: [() => import('./fixes.ts')],
  forbidden: acts,
  programs,
  lacks,
}
