// Redis: a store whose acknowledged writes must survive.
import type { Platform } from '#src/model/platform/platform.ts'
import * as faults from './faults.ts'

export const redis: Platform<{}> = {
  name: 'redis',
  faults: [faults],
  onlyReads: sent => sent.startsWith('EXISTS '),
}
