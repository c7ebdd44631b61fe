// The worlds in which earlier runs may have left faults.
import { errorMessage } from '#src/model/index.ts'
import { loadPolicy } from './clusters.ts'
import type { Target } from './opened.ts'
import { UsageError, type Settings } from './settings.ts'
import { forDrills, openTarget } from './target.ts'

/** The live cluster, unless the target is a kept node. The lab ends with its process. */
export async function worldsOf(
  settings: Settings,
): Promise<readonly Pick<Target, 'runtime' | 'policy' | 'settings'>[]> {
  const policy = await loadPolicy(settings.cluster)
  if (settings.target === 'container') {
    const { keptNodes } = await import('./container/kept.ts')
    const { findDocker } = await import('#src/targets/container/index.ts')
    await findDocker().catch((error: unknown) => {
      throw new UsageError(`--target container has no node: ${errorMessage(error)}.`)
    })
    return keptNodes(settings, policy, forDrills)
  }
  return [await openTarget({ ...settings, target: 'live' }, policy, { drills: true })]
}
