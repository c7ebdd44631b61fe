// The acts that holdfast never does, as the platforms list them.
import { platforms, type ListedPlatform } from '#helpers/listed.ts'
import type * as model from '#src/model/platform/forbidden.ts'

export type ForbiddenName = NonNullable<ListedPlatform['forbidden']>[number]['name']
export type CommandContext = model.CommandContext
export type Judge = model.Judge<ForbiddenName>

/** Every act that the guard refuses. */
export const forbiddenActs: readonly model.ForbiddenActKind[] = platforms.flatMap(
  ({ forbidden = [] }) => forbidden,
)

/** The act of a name, with what it destroys. Throws where no platform lists it. */
export function forbiddenAct(name: string): model.ForbiddenActKind {
  const found = forbiddenActs.find(act => act.name === name)
  if (found === undefined) throw new Error(`no platform lists the forbidden act “${name}”`)
  return found
}

const isListed = (name: string): name is ForbiddenName =>
  forbiddenActs.some(act => act.name === name)

/** The name of a forbidden act that a platform has judged. Throws where no platform lists it. */
export function listedName(name: string | undefined): ForbiddenName | undefined {
  if (name === undefined || isListed(name)) return name
  throw new Error(`no platform lists the forbidden act “${name}”`)
}
