// launchd: it runs the jobs of a Mac.
import type { Platform } from '#src/model/platform/platform.ts'
import type { TargetKind } from '#src/model/runtime.ts'
import { programs } from './programs.ts'
import './policy.ts'

function lacks(target: TargetKind, system: NodeJS.Platform) {
  if (target === 'container')
    return { launchd: 'the node was started for this run: no timers of this host belong to it' }
  return target === 'live' && system !== 'darwin'
    ? { launchd: 'this host is not a Mac: it has no launchd' }
    : {}
}

export const launchd: Platform<{}> = {
  name: 'launchd',
  programs,
  lacks,
  scheduler: async () => (await import('./scheduler.ts')).scheduler,
}
