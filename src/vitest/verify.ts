// The one bridge to vitest: registers tests for the definitions of the spec file that vitest runs,
// and does nothing elsewhere.
/// <reference types="vitest/importMeta" />
import type { TestContext } from 'vitest'
import { session } from './session.ts'
import {
  fails,
  type Drill,
  type DrillResult,
  type Invariant,
  type Judgement,
} from '#src/model/index.ts'

type Vitest = NonNullable<ImportMeta['vitest']>

/** What a test hands to the reporter. */
export interface HoldfastMeta {
  judgements?: readonly Judgement[]
  drill?: DrillResult
}

declare module 'vitest' {
  interface TaskMeta {
    holdfast?: HoldfastMeta
  }
}

/** Makes a judgement the outcome of a test. */
function tell(
  context: TestContext,
  judgement: Judgement,
  explain: (judgement: Judgement) => string,
): void {
  context.task.meta.holdfast = { judgements: [judgement] }
  if (fails(judgement)) throw new Error(explain(judgement))
  if (judgement.verdict.kind === 'not-applicable')
    context.skip(`not applicable here: ${judgement.verdict.why}`)
  if (judgement.verdict.kind === 'waived') context.skip(explain(judgement))
}

/**
 * One test for each subject that the policy names and for each other one that does not hold; those
 * that hold and that nobody named are one together, be they a thousand.
 */
function verifyInvariant(vitest: Vitest, invariant: Invariant): void {
  const { policy, explain, judgementsOf } = session()
  const judgements = judgementsOf(invariant)
  const named = new Set(invariant.subjects(policy).map(({ name }) => name))
  const others = judgements.filter(({ subject }) => !named.has(subject))
  const { holding = [], noted = [] } = Object.groupBy(others, ({ verdict }) =>
    verdict.kind === 'holds' ? 'holding' : 'noted',
  )
  vitest.describe(invariant.title, () => {
    for (const name of named) {
      vitest.test(name, context => {
        const judgement = judgements.find(({ subject }) => subject === name)
        if (judgement === undefined) throw new Error(`${invariant.name} gave no verdict on ${name}`)
        tell(context, judgement, explain)
      })
    }
    for (const judgement of noted) {
      vitest.test(
        named.size === 0 ? judgement.subject : `${judgement.subject} (not named by the policy)`,
        context => tell(context, judgement, explain),
      )
    }
    if (holding.length > 0) {
      vitest.test('what else holds (not named by the policy)', context => {
        context.task.meta.holdfast = { judgements: holding }
      })
    }
  })
}

function verifyDrill(vitest: Vitest, drill: Drill): void {
  vitest.test(`${drill.name}: ${drill.title}`, { timeout: 0 }, async context => {
    const { run, explain } = session()
    const result = await run(drill)
    context.task.meta.holdfast = { drill: result }
    if (result.outcome.kind === 'not-applicable')
      context.skip(`not applicable here: ${result.outcome.why}`)
    if (result.misses.length > 0 || result.leftBehind.length > 0 || result.unknown.length > 0)
      throw new Error(explain(result))
  })
}

/**
 * Call it last in a spec file with `import.meta` and the file's definitions. Inert unless vitest
 * runs that very file.
 */
export function verify(meta: ImportMeta, ...definitions: readonly (Invariant | Drill)[]): void {
  const { vitest } = meta
  if (vitest === undefined) return
  const selected = definitions.filter(definition => session().selects(definition))
  if (selected.length === 0) vitest.test.skip('nothing here is selected by --only', () => {})
  for (const definition of selected) {
    if (definition.kind === 'invariant') verifyInvariant(vitest, definition)
    else verifyDrill(vitest, definition)
  }
}
