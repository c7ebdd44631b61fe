// What a target lacks, as the platforms state it.
import type { Capability, TargetKind } from '#src/model/index.ts'
import { platforms } from './listed.ts'

/** Reasons by capability. `system`: the operating system of this host, as Node names it. */
export const lacksOf = (
  target: TargetKind,
  system: NodeJS.Platform,
): Partial<Record<Capability, string>> =>
  Object.assign({}, ...platforms.map(platform => platform.lacks?.(target, system)))
