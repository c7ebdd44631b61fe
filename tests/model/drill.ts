// A drill about one part of a model, and signals about parts. Tests change one member at a time.
import {
  drill,
  type Drill,
  type DrillDefinition,
  type Duration,
  type MilestoneName,
  type TogetherSignal,
} from '#src/model/index.ts'
import { breaking, type Model } from './model.ts'

/**
 * Breaks `web`, expects its invariant to notice within 10 s, and gives the cluster a minute to
 * recover.
 */
export function drillOn(model: Model, change: Partial<DrillDefinition> = {}): Drill {
  const web = model.invariant('web')
  return drill({
    name: 'web-breaks',
    title: 'web comes back',
    incident: { story: 'web was down', source: 'history' },
    steadyState: [web],
    faults: () => [breaking(model)('web')],
    breaks: [{ invariant: web, within: '10 s' }],
    healer: 'cluster',
    expects: [],
    budgets: { recovered: '60 s' },
    stability: '30 s',
    ...change,
  })
}

/** Good while the part is up. */
export const signalOf = (
  model: Model,
  milestone: MilestoneName,
  part: string,
  every: Duration = '1 s',
): TogetherSignal => ({
  milestone,
  every,
  observe: () => [model.question(part)],
  good: answers => answers(model.question(part)),
})
