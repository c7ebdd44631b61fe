// Judges a set of manifests by the reader, the schema and the invariants, and raises each problem
// once.
import type {
  GateNote,
  GateUnknown,
  Invariant,
  ManifestProblem,
  ManifestSet,
  Policy,
  Raised,
  Span,
} from '#src/model/index.ts'
import { overwrittenIn } from './identity.ts'
import { judgeByInvariants } from './invariants.ts'
import { objectsByPosition, raiseProblem, raiseSchema, type SchemaFinding } from './raise.ts'

export type { SchemaFinding } from './raise.ts'

export interface Judging {
  set: ManifestSet
  policy: Policy
  invariants: readonly Invariant[]
  schema: readonly SchemaFinding[]
  /** The namespace of objects that name none. */
  namespace: string
  /** ms since the epoch. */
  now: number
}

export interface Judged {
  raised: readonly Raised[]
  unknowns: readonly GateUnknown[]
  /** Verdicts that need a cluster. */
  notes: readonly GateNote[]
}

const positionKey = ({ file, span }: { file: string; span: Span }): string => `${span.from} ${file}`

/** Codes of invariants that the schema of a built-in kind also reports at the same position. */
const alsoFoundBySchema: ReadonlySet<string> = new Set(['selector-misses-template'])

/**
 * Codes of the reader, each with the prefix of the codes that say more at the same position: those
 * of an invariant (`secret-…`, with clauses and waivers) or of the schema.
 */
const superseded: Readonly<Record<string, string>> = {
  'example-secret': 'secret',
  placeholder: 'secret',
  'bad-name': 'schema',
  'bad-namespace': 'schema',
}

const prefixOf = (code: string): string => /^[^-:]*/.exec(code)?.[0] ?? ''

/** Problems of the reader that no other finding supersedes. */
function withoutSuperseded(
  problems: readonly ManifestProblem[],
  others: readonly Raised[],
): readonly ManifestProblem[] {
  if (problems.length === 0) return problems
  const reported = new Set(others.map(one => `${prefixOf(one.code)} ${positionKey(one)}`))
  return problems.filter(
    problem => !reported.has(`${superseded[problem.code] ?? ''} ${positionKey(problem)}`),
  )
}

const unknownOf = ({ file, span, code, seen, remedy }: ManifestProblem): GateUnknown => ({
  file,
  line: span.line,
  column: span.column,
  code,
  message: seen,
  remedy,
})

/** Judges a set. The same files give the same findings, in whatever order they were read. */
export function judgeSet({ set, policy, invariants, schema, namespace, now }: Judging): Judged {
  const overwritten = overwrittenIn(set.manifests, namespace)
  const byInvariants = judgeByInvariants({
    manifests:
      overwritten.size === 0
        ? set.manifests
        : set.manifests.filter(manifest => !overwritten.has(manifest)),
    misshapen: new Set(schema.map(({ manifest }) => manifest)),
    policy,
    invariants,
    namespace,
    now,
  })
  const fromSchema = schema.map(entry => raiseSchema(entry, namespace))
  const bySchema = new Set(fromSchema.map(positionKey))
  const raised = byInvariants.raised.filter(
    one => !alsoFoundBySchema.has(one.code.split(':')[0] ?? '') || !bySchema.has(positionKey(one)),
  )
  const objectAt = objectsByPosition(set.manifests)
  const broken = withoutSuperseded(
    set.problems.filter(({ kind }) => kind === 'broken'),
    [...fromSchema, ...raised],
  )
  return {
    raised: [
      ...broken.map(problem => raiseProblem(problem, objectAt(problem), namespace)),
      ...fromSchema,
      ...raised,
    ],
    unknowns: [
      ...set.problems.filter(({ kind }) => kind === 'unreadable').map(unknownOf),
      ...byInvariants.unknowns,
    ],
    notes: byInvariants.notes,
  }
}
