// What guards have to know of this process: who else is at work, where it runs, and whether there
// is room for what it writes.
import { existsSync, statfsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { env } from 'node:process'
import type { GuardContext } from '#src/engine/guards/ask.ts'
import { isKnownDead, lockedBy } from '#src/engine/lock/lock.ts'
import { whoLives } from '#src/engine/cluster-state/alive.ts'
import type { ActiveRun } from '#src/model/index.ts'
import type { Settings } from '#src/runs/settings.ts'
import { lockFolder, ownKube, worldOf } from './state.ts'
import type { Target } from '#src/runs/opened.ts'

/** Bytes that this user may still write where a folder is, or will be; NaN where nobody says. */
export function freeBytesAt(folder: string): number {
  let there = resolve(folder)
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there)
  try {
    const { bavail, bsize } = statfsSync(there)
    return bavail * bsize
  } catch {
    return Number.NaN
  }
}

/**
 * Who drills or heals a target now; undefined: nobody who shows a sign of life, or the API that
 * would know does not answer. Reads only.
 */
export async function activeOn(
  { runtime, policy }: Pick<Target, 'runtime' | 'policy'>,
  settings: Settings,
): Promise<ActiveRun | undefined> {
  const world = worldOf(runtime, policy, settings)
  if (world === undefined) return undefined
  const here = lockedBy(lockFolder(), world)
  if (here !== undefined) return { doing: here.doing, by: here.identity }
  const there = await ownKube(runtime, policy)()
    .then(kube => whoLives(kube, runtime.clock, holder => isKnownDead(lockFolder(), world, holder)))
    .catch(() => undefined)
  return there && { doing: there.doing ?? 'something', by: there.holder }
}

/** `active`: another drill or heal of the cluster, if one was found. */
export const guardContext = (
  settings: Pick<Settings, 'allowedGuards' | 'disabledFixes' | 'reports'>,
  active?: ActiveRun,
): GuardContext => ({
  active,
  freeBytes: freeBytesAt(settings.reports),
  // The name of its node, as a pod gets it by the downward API. Outside of a cluster the variable
  // means nothing.
  ownNode: env['KUBERNETES_SERVICE_HOST'] === undefined ? undefined : env['NODE_NAME'] || undefined,
  allowed: new Set(settings.allowedGuards),
  disabled: new Set(settings.disabledFixes),
})
