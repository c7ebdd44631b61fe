// Healing over a model: its context, and what it did in short.
import { eventText, healingReason } from '#src/reporting/sentences.ts'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import type { HealContext } from '#src/engine/heal/context.ts'
import type { Healing, Invariant } from '#src/model/index.ts'
import type { Model } from './model.ts'

/** The context of healing over a model. `said` receives its messages. */
export function contextOf(
  model: Model,
  invariants: readonly Invariant[],
  change: Partial<HealContext> = {},
): { context: HealContext; said: string[] } {
  const said: string[] = []
  return {
    said,
    context: {
      runtime: model.runtime,
      policy: model.policy,
      invariants,
      evaluate: () => evaluate(invariants, model.runtime, model.policy),
      add: event => said.push(eventText(event)),
      ...change,
    },
  }
}

function resultOf(outcome: Healing['outcome']): string {
  switch (outcome.kind) {
    case 'applied':
      return outcome.helped ? 'helped' : 'did not help'
    case 'planned':
      return 'planned'
    case 'failed':
    case 'held':
      return `${outcome.kind}: ${healingReason({ outcome })}`
  }
}

/** Healings in short form: each fix with its result. */
export const healingTexts = (healings: readonly Healing[]): readonly string[] =>
  healings.map(({ fix, outcome }) => `${fix}: ${resultOf(outcome)}`)
