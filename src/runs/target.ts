// The one place that chooses where a run happens: the lab, a container or the live cluster.
import { guarded } from '#helpers/forbidden/forbidden.ts'
import { lacksOf } from '#helpers/lacks.ts'
import type { Policy, Runtime } from '#src/model/index.ts'
import { manifestsOf } from './manifests.ts'
import { spareMemory } from './process/memory.ts'
import type { Target } from './opened.ts'
import { UsageError, type Settings } from './settings.ts'

/**
 * Forbidden acts are refused for every caller. A drill may expose a Service by a port-forward,
 * because that is its fault.
 */
export const forDrills = { except: ['port-forward'] } as const

/** Opens a target. `tell` reports slow steps. Throws a UsageError if it cannot. */
export async function openTarget(
  settings: Settings,
  policy: Policy,
  options: { seed?: number; drills?: boolean; tell?: (message: string) => void } = {},
): Promise<Target> {
  const guard = options.drills === true ? forDrills : {}
  const close = async () => {}
  if (settings.target !== 'lab') spareMemory()
  switch (settings.target) {
    case 'lab': {
      const runtime = await labRuntime(settings, policy, options.seed ?? settings.seed)
      await injectFirst(settings.after, runtime, policy)
      return { runtime: guarded(runtime, guard), policy, settings, close }
    }
    case 'live': {
      const { liveRuntime } = await import('#src/targets/live/index.ts')
      return {
        runtime: guarded(
          liveRuntime({ seed: settings.seed, lacks: lacksOf('live', process.platform) }),
          guard,
        ),
        policy,
        settings,
        close,
      }
    }
    case 'container': {
      const { attach, openContainer } = await import('./container/open.ts')
      return settings.node === undefined
        ? openContainer(settings, policy, guard, options.tell ?? (() => {}))
        : attach(settings.node, policy, settings, guard)
    }
  }
}

function noWorld({ cluster, status }: Policy): UsageError {
  const live = ' Use --target live for a cluster of your own.'
  const list = `holdfast list --cluster ${cluster}`
  const planned = `: its policy is planned and has only clauses (${list})`
  return new UsageError(
    `The lab has no world for “${cluster}” yet${status === 'planned' ? planned : ''}. ` +
      `It has one for joelclaw and one for sandbox.${status === 'planned' ? '' : live}`,
  )
}

/** Throws a UsageError if the target is the lab and the lab has no world for the policy. */
export async function requireWorld({ target }: Settings, policy: Policy): Promise<void> {
  if (target !== 'lab') return
  const { findWorld } = await import('#lab/lab.ts')
  if ((await findWorld(policy.cluster)) === undefined) throw noWorld(policy)
}

async function labRuntime(settings: Settings, policy: Policy, seed: number): Promise<Runtime> {
  const { createLab, findWorld } = await import('#lab/lab.ts')
  const world = await findWorld(policy.cluster)
  if (world === undefined) throw noWorld(policy)
  const { runtime } = createLab(world, { seed, manifests: manifestsOf(settings.cluster) })
  return { ...runtime, lacks: lacksOf('lab', process.platform) }
}

/** Injects the faults of scenarios into the lab, to rehearse check and heal. */
async function injectFirst(
  given: readonly string[],
  runtime: Runtime,
  policy: Policy,
): Promise<void> {
  if (given.length === 0) return
  const { drills } = await import('#specs/chaos/index.ts')
  const { faults } = await import('#helpers/faults.ts')
  const { memoryJournal } = await import('#src/engine/journal/journal.ts')
  const { inject } = await import('#src/engine/drill/inject.ts')
  for (const name of given) {
    const drill = drills.find(candidate => candidate.name === name)
    if (drill === undefined)
      throw new UsageError(
        `Unknown scenario “${name}” in --after. ` +
          `Scenarios: ${drills.map(candidate => candidate.name).join(', ')}.`,
      )
    const stage = {
      context: { runtime, policy, signal: new AbortController().signal },
      faults,
      journal: memoryJournal(),
      add: () => {},
    }
    const all = [...(drill.setup?.(policy) ?? []), ...drill.faults(policy)]
    for (const [order, bound] of all.entries()) await inject(bound, order, stage)
    // Long enough for most detections, too short for most healing. @source drills: breaks within 15
    // to 30 s
    await runtime.clock.sleep(20_000)
  }
}
