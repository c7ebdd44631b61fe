// What a policy says in sentences: its clauses, its choices, and its waivers.
import { z } from 'zod'
import { day, name, source } from './values.ts'

/**
 * A duty of the policy in our own words. Every MUST, rule, checklist step and danger zone is one.
 */
export const clauseSchema = z.strictObject({
  /** `<section>.<what>`, e.g. `exposure.nodeport-only`. */
  id: z
    .string()
    .regex(
      /^[a-z]+(-[a-z]+)*\.[a-z0-9]+(-[a-z0-9]+)*$/,
      'expected "<section>.<what>" in kebab case',
    ),
  statement: z.string().min(10),
  source,
  kind: z.enum(['must', 'rule', 'checklist', 'danger', 'lesson', 'failure-mode']),
  /** Planned: held as data, nothing has to cover it yet. */
  status: z.enum(['active', 'planned']).default('active'),
  /**
   * What proves it: names of invariants, `drill:…`, `fix:…`, or `guard:…` for a forbidden act that
   * holdfast refuses. An active clause without a proof is an error.
   */
  provenBy: z.array(name).default([]),
  /** What this cluster lived through. Reports show it for this cluster alone. */
  story: z.string().min(10).optional(),
})
/** A choice where the documents disagree: both options stand, one is chosen by data. */
export const choiceSchema = z.strictObject({
  topic: name,
  options: z.array(name).min(2),
  chosen: name,
  because: name,
  source,
})
export const waiverSchema = z.strictObject({
  invariant: name,
  subject: name,
  findings: z.array(name).min(1),
  owner: name,
  reason: z.string().min(10),
  until: day,
})
