// The list, in the order in which it is run: looking first, then what is refused, then what changes
// things.
import { changing } from './changing.ts'
import type { Command } from './command.ts'
import { looking } from './looking.ts'
import { operating } from './operating.ts'
import { refused } from './refused.ts'

export { wordsOf, type Command } from './command.ts'

/** The parts of the list by name. */
export const areas: Readonly<Record<string, readonly Command[]>> = {
  looking,
  refused,
  changing,
  operating,
}

export interface Numbered extends Command {
  /** Stays the same while the area's earlier lines do: `refused 7: get nope`. */
  id: string
}

/** Every command with its name. */
export const commands: readonly Numbered[] = Object.entries(areas).flatMap(([area, list]) =>
  list.map((command, index) => ({ ...command, id: `${area} ${index + 1}` })),
)
