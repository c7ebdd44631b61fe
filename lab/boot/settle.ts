// Waits until a new world is healthy.
import type { KubeObject, Pod } from '#src/model/kube.ts'
import type { LabContext } from '#lab/kernel/world.ts'
import type { WorldSeed } from './world-seed.ts'

const isReady = (pod: Pod): boolean =>
  pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false

/** The longest boot of a world, ms. A world that takes longer is misconfigured. */
const longestBoot = 5_400_000
/** How long every pod must stay Ready before the world counts as settled, ms. */
const quiet = 600_000

/** Advances virtual time until every pod has been Ready for ten minutes. */
export function settle({ clock, store }: LabContext): void {
  const until = clock.now() + longestBoot
  for (let since: number | undefined; clock.now() < until; clock.advance(10_000)) {
    const pods = store.list<Pod>('Pod')
    if (pods.length === 0 || !pods.every(isReady)) since = undefined
    else if (since === undefined) since = clock.now()
    else if (clock.now() - since >= quiet) return
  }
  const late = store
    .list<Pod>('Pod')
    .filter(pod => !isReady(pod))
    .map(({ metadata: { namespace, name }, status }) => {
      const state = JSON.stringify(status?.conditions ?? status)
      return `${namespace}/${name} ${state}`
    })
  const why = late.join('; ') || 'it has no pods'
  throw new Error(`The world did not become ready in ${longestBoot / 60_000} min: ${why}`)
}

/** Removes all taints, as the operator did after the last restart. */
export function removeTaints({ store }: LabContext, nodes: WorldSeed['nodes']): void {
  for (const { name } of nodes) {
    store.update<KubeObject & { spec?: { taints?: unknown[] } }>(
      'Node',
      undefined,
      name,
      draft => void (draft.spec && delete draft.spec.taints),
    )
  }
}
