// Redis: a store whose acknowledged writes must survive.
import type { Platform } from '#src/model/platform/platform.ts'

export const redis: Platform<{}> = {
  name: 'redis',
  faults: [() => import('./faults.ts')],
  onlyReads: sent => sent.startsWith('EXISTS '),
}
