// The list of commands in the order of the run: first reads, then refused requests, then changes.
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
  /**
   * An id such as `refused 7: get nope`. It stays the same while the earlier lines of the area do.
   */
  id: string
}

/** Every command with its name. */
export const commands: readonly Numbered[] = Object.entries(areas).flatMap(([area, list]) =>
  list.map((command, index) => ({ ...command, id: `${area} ${index + 1}` })),
)
