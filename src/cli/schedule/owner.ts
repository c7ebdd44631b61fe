// Whose timer it is: the user who asks, or the host.
import { env } from 'node:process'
import { callOf } from '#src/commands/call.ts'
import { run } from '#src/commands/command.ts'
import type { Owner, Runtime } from '#src/model/index.ts'
import { UsageError } from '#src/runs/settings.ts'

/** Deadline of one command, ms. @source src/commands: programs of the host answer within seconds */
const patience = 5_000

export interface OwnerOptions {
  readonly system: boolean
  /** The user that a timer of the host runs as. Undefined: who asked by sudo, or root. */
  readonly as: string | undefined
}

/** A user name as every system accepts it. @source useradd(8), Caveats */
const userName = /^[A-Za-z_][A-Za-z0-9_.-]*$/

/** Throws a UsageError for a user that cannot be meant. */
export async function ownerOf(runtime: Runtime, { system, as }: OwnerOptions): Promise<Owner> {
  const call = callOf({ runtime }, patience)
  const user = (await run(call, ['id', '-un'])).trim()
  const uid = Number((await run(call, ['id', '-u'])).trim())
  const asking = { user, uid, home: runtime.home }
  if (!system && as !== undefined)
    throw new UsageError(
      `--as ${as} needs --system: a timer of your own runs as you, ${user}. ` +
        `sudo holdfast schedule install --system --as ${as} makes one of the host.`,
    )
  if (as !== undefined && !userName.test(as))
    throw new UsageError(`--as ${as}: that is no name of a user.`)
  if (!system) return { scope: 'user', user, asking }
  // sudo names who called it; the lab's host has no sudo.
  const caller = runtime.target.kind === 'live' && uid === 0 ? env['SUDO_USER'] : undefined
  return { scope: 'system', user: as ?? caller ?? user, asking }
}

/** Throws a UsageError where a timer of the host is to be changed without root. */
export function requireRoot({ scope, asking }: Owner, doing: 'install' | 'remove'): void {
  if (scope === 'user' || asking.uid === 0) return
  throw new UsageError(
    `--system changes files of the host, which needs root; you are ${asking.user}. ` +
      `Run sudo holdfast schedule ${doing} --system with the same flags, or leave --system out ` +
      'for a timer of your own. Nothing was changed.',
  )
}
