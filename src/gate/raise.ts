// Turns problems of the reader, findings of the schema and findings of invariants into one form.
import type { Finding, Manifest, ManifestProblem, Place, Raised, Span } from '#src/model/index.ts'
import { withoutUndefined } from '#src/model/json.ts'
import { placeOf } from './identity.ts'
import { ruleOf } from './rules.ts'

/** A finding of the schema in one object. */
export interface SchemaFinding {
  manifest: Manifest
  finding: Finding & { at: Place }
}

/** Finds the object that a position lies in. */
export type ObjectAt = (problem: Pick<ManifestProblem, 'file' | 'span'>) => Manifest | undefined

/**
 * Finds objects by position. The objects of a file are in order, so a binary search looks up the
 * positions of only a few.
 */
export function objectsByPosition(manifests: readonly Manifest[]): ObjectAt {
  const files = Map.groupBy(manifests, ({ file }) => file)
  const spans = new Map<Manifest, Span>()
  const spanOf = (manifest: Manifest): Span => {
    const known = spans.get(manifest) ?? manifest.where([])
    spans.set(manifest, known)
    return known
  }
  return ({ file, span }) => {
    const own = files.get(file) ?? []
    let [low, high] = [0, own.length]
    // Finds the first object that begins after the position. The one before it is the candidate.
    while (low < high) {
      const middle = (low + high) >>> 1
      const candidate = own[middle]
      if (candidate !== undefined && spanOf(candidate).from <= span.from) low = middle + 1
      else high = middle
    }
    const found = own[low - 1]
    if (found === undefined) return undefined
    const { from, to } = spanOf(found)
    return span.from < Math.max(to, from + 1) ? found : undefined
  }
}

/** Raises a problem of the reader. `manifest`: the object it lies in, if any. */
export function raiseProblem(
  problem: ManifestProblem,
  manifest: Manifest | undefined,
  namespace: string,
): Raised {
  const { file, span, code, seen, expected, remedy } = problem
  const { name, reason } = ruleOf(code === 'twice' ? 'objects-are-unique' : 'files-can-be-read')
  return withoutUndefined({
    rule: name,
    clauses: [],
    reason,
    code,
    seen,
    expected,
    remedy,
    file,
    span,
    at: manifest && placeOf(manifest, namespace),
  })
}

/** Raises a finding of the schema. */
export function raiseSchema({ manifest, finding }: SchemaFinding, namespace: string): Raised {
  const { name, reason } = ruleOf('objects-fit-their-schema')
  const { code, seen, expected, remedy, change, at } = finding
  return withoutUndefined({
    rule: name,
    clauses: [],
    reason,
    code,
    seen,
    expected,
    remedy,
    at: placeOf(manifest, namespace, at.path),
    file: manifest.file,
    span: manifest.where(at.path, at.of),
    change,
  })
}

/** Raises a finding of an invariant at a member of a manifest. */
export function raiseFinding(
  { code, seen, expected, remedy, change }: Finding,
  { manifest, path, namespace }: { manifest: Manifest; path: Place['path']; namespace: string },
  judged: Pick<Raised, 'rule' | 'clauses' | 'subject' | 'reason'>,
): Raised {
  return withoutUndefined({
    ...judged,
    code,
    seen,
    expected,
    remedy,
    at: placeOf(manifest, namespace, path),
    file: manifest.file,
    span: manifest.where(path),
    change,
  })
}
