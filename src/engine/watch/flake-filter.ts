// Filters failures of the network path: single lost questions between answered ones are no outage
// of the service.
import type { Clock } from '#src/model/index.ts'
import type { Sample, SignalState } from './signal-state.ts'

/**
 * How long a service may not answer before it counts as lost, ms. After an outage, the connection
 * tracking of the node still holds routes to pods that are gone, and a new question from the same
 * source port takes one of them.
 * @source measured on a v1.35 node behind a port mapping, one question per 40 ms: after an outage
 * of 25 s, one question in four to twenty failed for two minutes, at most five in a row
 */
const lasting = 500

/** Fewer failures in a row never count, however far apart they are. */
const fewest = 3

/**
 * Passes the samples of a service on, but holds failures back while the service is good: a good
 * answer soon afterwards proves that they were lost on the way. Failures that last all count, from
 * the first one on.
 */
export function flakeFilter(
  { closest }: Clock,
  { known }: SignalState,
  take: (sample: Sample) => void,
): (sample: Sample) => void {
  const most = Math.max(fewest, Math.ceil(lasting / closest))
  let held: readonly Sample[] = []
  return sample => {
    if (sample.kind === 'good') held = []
    else if (sample.kind === 'bad' && known() !== 'bad') {
      held = [...held, sample]
      if (held.length < most) return
      const all = held
      held = []
      return all.forEach(one => take(one))
    }
    take(sample)
  }
}
