// What a spec file that is being run judges with: set once by the setup of the test run, before any
// spec is read.
import type { Drill, DrillResult, Invariant, Judgement, Policy } from '#src/model/index.ts'

export interface Session {
  readonly policy: Policy
  /** Whether `--only` selects a definition. */
  selects(definition: { kind: 'invariant' | 'drill'; name: string }): boolean
  /** Verdicts of one invariant on the one snapshot of the run. */
  judgementsOf(invariant: Invariant): readonly Judgement[]
  /** Runs one drill on the target of the run. */
  run(drill: Drill): Promise<DrillResult>
  /** A judgement or a result as the block of text that a failing test shows. */
  explain(result: Judgement | DrillResult): string
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
      'No session: run specs with the vitest configuration of the project (npx vitest run specs/…), which sets one up.',
    )
  return current
}
