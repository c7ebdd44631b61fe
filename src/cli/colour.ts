// Whether stdout shows colours.
import { env, stdout } from 'node:process'

/** On a terminal that can, where NO_COLOR is not set. */
export const colour = (): boolean =>
  stdout.isTTY && env['NO_COLOR'] === undefined && env['TERM'] !== 'dumb'
