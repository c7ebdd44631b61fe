// The sentences of a policy: its clauses, its choices and its waivers.
import { z } from 'zod'
import { day, name, source } from './values.ts'

/**
 * A duty of the policy in our own words: a MUST, a rule, a step of a checklist or a danger zone.
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
  /** Planned: it exists as data, and nothing has to prove it yet. */
  status: z.enum(['active', 'planned']).default('active'),
  /**
   * The names of its proofs: invariants, `drill:…`, `fix:…`, or `guard:…` for a forbidden act that
   * holdfast refuses. An active clause without a proof is an error.
   */
  provenBy: z.array(name).default([]),
  /** The incident that this cluster lived through. Only reports of this cluster show it. */
  story: z.string().min(10).optional(),
})
/** A contradiction between documents: both options, and the one that this policy chooses. */
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
