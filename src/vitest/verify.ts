// The one bridge to vitest: registers tests for the definitions of the spec file that vitest runs,
// and does nothing elsewhere.
/// <reference types="vitest/importMeta" />
import { outcomeReason, reasonOf } from '#src/reporting/sentences.ts'
import type { TestContext } from 'vitest'
import { statusOf } from '#src/reporting/status.ts'
import { session } from './session.ts'
import {
  fails,
  type Drill,
  type Invariant,
  type Judgement,
  type SpecFindings,
} from '#src/model/index.ts'

type Vitest = NonNullable<ImportMeta['vitest']>

declare module 'vitest' {
  interface TaskMeta {
    holdfast?: SpecFindings
  }
}

/** Describes the test to Allure. */
const describe = (
  { task }: TestContext,
  found: Parameters<ReturnType<typeof session>['describe']>[0],
  title: string,
): void => session().describe(found, { title, file: task.file.filepath })

/** Turns verdicts into the outcome of a test: one verdict, or several that hold. */
function decide(
  context: TestContext,
  judgements: readonly [Judgement, ...Judgement[]],
  title: string,
): void {
  const [judgement] = judgements
  context.task.meta.holdfast = { judgements }
  describe(context, judgements, title)
  const failure = session().failure(judgement)
  if (fails(judgement)) throw failure
  if (judgement.verdict.kind === 'not-applicable')
    context.skip(`not applicable here: ${reasonOf(judgement)}`)
  if (judgement.verdict.kind === 'waived') context.skip(failure.message)
}

/**
 * One test for each subject that the policy names, and for each other subject that does not hold.
 * All others that hold share one test, even a thousand of them.
 */
function verifyInvariant(vitest: Vitest, invariant: Invariant): void {
  const { policy, judgementsOf } = session()
  const { title } = invariant
  const judgements = judgementsOf(invariant)
  const named = new Set(invariant.subjects(policy).map(({ name }) => name))
  const others = judgements.filter(({ subject }) => !named.has(subject))
  const holding = others.filter(({ verdict }) => verdict.kind === 'holds')
  const noted = others.filter(({ verdict }) => verdict.kind !== 'holds')
  vitest.describe(title, () => {
    for (const name of named) {
      vitest.test(name, context => {
        const judgement = judgements.find(({ subject }) => subject === name)
        if (judgement === undefined) throw new Error(`${invariant.name} gave no verdict on ${name}`)
        decide(context, [judgement], title)
      })
    }
    for (const judgement of noted) {
      const { subject } = judgement
      vitest.test(named.size === 0 ? subject : `${subject} (not named by the policy)`, context =>
        decide(context, [judgement], title),
      )
    }
    const [first, ...rest] = holding
    if (first !== undefined) {
      vitest.test('what else holds (not named by the policy)', context =>
        decide(context, [first, ...rest], title),
      )
    }
  })
}

function verifyDrill(vitest: Vitest, drill: Drill): void {
  vitest.test(`${drill.name}: ${drill.title}`, { timeout: 0 }, async context => {
    const { run, failure } = session()
    const drilled = await run(drill)
    const { result } = drilled
    context.task.meta.holdfast = { drill: result }
    describe(context, drilled, drill.title)
    if (result.outcome.kind === 'not-applicable')
      context.skip(`not applicable here: ${outcomeReason(result.outcome)}`)
    if (statusOf(result) !== 'passed') throw failure(result)
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
