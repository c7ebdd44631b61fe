// Failures that are the way's and not the service's: single questions that go astray between others
// that are answered.
import type { Clock } from '#src/model/index.ts'
import type { Sample, SignalState } from './signal-state.ts'

/**
 * How long nothing may be answered before a service counts as lost, ms. Questions asked while it
 * was away leave the node's
 * connection tracking with ways to pods that are gone; a later question that comes by the same
 * source port takes that way.
 * @source measured on a v1.35 node behind a port mapping, a question each 40 ms: after an
 * outage of 25 s one question in
 * four to twenty for two minutes, never more than five in a row
 */
const lasting = 500

/** Fewer failures in a row than these never count, however far apart they are. */
const fewest = 3

/**
 * Hands on what is seen of a service, in the order of its questions, but holds back failures while
 * it is known to be well: a good
 * answer soon after them proves that they had gone astray. When they last, all of them count, from
 * the first on.
 */
export function flakeFilter(
  { closest }: Clock,
  { known }: SignalState,
  take: (sight: Sample) => void,
): (sight: Sample) => void {
  const most = Math.max(fewest, Math.ceil(lasting / closest))
  let held: readonly Sample[] = []
  return sight => {
    if (sight.kind === 'good') held = []
    else if (sight.kind === 'bad' && known() !== 'bad') {
      held = [...held, sight]
      if (held.length < most) return
      const all = held
      held = []
      return all.forEach(one => take(one))
    }
    take(sight)
  }
}
