// The session with which the specs of a test run judge and drill. Its setup sets it before vitest
// reads a spec.
import type { Drill, DrillResult, Entry, Invariant, Judgement, Policy } from '#src/model/index.ts'

/** A drill's result, and the entries of its journal. */
export interface DrilledResult {
  readonly result: DrillResult
  readonly journal: readonly Entry[]
}

export interface Session {
  readonly policy: Policy
  /** Whether `--only` selects a definition. */
  selects(definition: { kind: 'invariant' | 'drill'; name: string }): boolean
  /** The verdicts of one invariant on the snapshot of the run. */
  judgementsOf(invariant: Invariant): readonly Judgement[]
  /** Runs one drill on the target of the run. */
  run(drill: Drill): Promise<DrilledResult>
  /** The error that fails a test, with the text block that a person reads. */
  failure(result: Judgement | DrillResult): Error
  /** Describes the running test to Allure, if its reporter listens. */
  describe(
    found: readonly Judgement[] | DrilledResult,
    test: { readonly title: string; /** Absolute path of the spec. */ readonly file: string },
  ): void
}

let current: Session | undefined

/** Sets the session of this process. */
export function openSession(session: Session): void {
  current = session
}

/**
 * The session of this process. Throws when specs are run without the project's vitest
 * configuration.
 */
export function session(): Session {
  if (current === undefined)
    throw new Error(
      'No session. Run specs with the vitest configuration of the project, which opens one: ' +
        'npx vitest run specs/…',
    )
  return current
}
