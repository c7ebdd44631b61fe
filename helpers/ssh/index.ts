// ssh: the way into another machine.
import type { Platform } from '#src/model/platform/platform.ts'
import { programs } from './forbidden.ts'

export const ssh: Platform<{}> = { name: 'ssh', programs }
