// What guards must know about this process: the active run, where it runs, and the free space for
// its files.
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

/** Bytes that this user may still write in a folder, which need not exist yet; NaN: unknown. */
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
 * The active drill or heal of a target. Undefined: none shows a sign of life, or the API does not
 * answer. Only reads.
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

/** `active`: another drill or heal of the cluster, if there is one. */
export const guardContext = (
  settings: Pick<Settings, 'allowedGuards' | 'disabledFixes' | 'reports'>,
  active?: ActiveRun,
): GuardContext => ({
  active,
  freeBytes: freeBytesAt(settings.reports),
  // The name of its node, which a pod gets by the downward API. Outside a cluster the variable
  // means nothing.
  ownNode: env['KUBERNETES_SERVICE_HOST'] === undefined ? undefined : env['NODE_NAME'] || undefined,
  allowed: new Set(settings.allowedGuards),
  disabled: new Set(settings.disabledFixes),
})
