// What a host without launchd lacks.
import type { Capability } from '#src/model/index.ts'
import './policy.ts'

/** Reasons by capability, for an operating system as Node names it. */
export const lacksOn = (system: NodeJS.Platform): Partial<Record<Capability, string>> =>
  system === 'darwin' ? {} : { launchd: 'this host is not a Mac: it has no launchd' }
