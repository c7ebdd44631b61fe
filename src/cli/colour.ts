// Whether stdout shows colours.
import { env, stdout } from 'node:process'

/** On a terminal with colours, unless NO_COLOR is set. */
export const colour = (): boolean =>
  stdout.isTTY && env['NO_COLOR'] === undefined && env['TERM'] !== 'dumb'
