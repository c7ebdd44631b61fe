// The programs that the platforms know, by name.
import { platforms } from '#helpers/listed.ts'
import type { Program } from '#src/model/platform/forbidden.ts'

const programs: ReadonlyMap<string, Program> = new Map(
  platforms.flatMap(platform => Object.entries(platform.programs ?? {})),
)

/** A program by its name without a path; undefined: no platform knows it. */
export const programOf = (name: string): Program | undefined => programs.get(name)
