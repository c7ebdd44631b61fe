// Facts: what an invariant can find wrong. A judge states facts; this file alone builds findings.
import type { KubeObject } from './kube.ts'
import type { Path, Place, Setting } from './manifest.ts'
import type { Finding } from './verdict.ts'

/** What is wrong, in the words of the reader. */
export interface Statement {
  /** Which one, where a subject can have several: it follows the code, `probe-missing:startup`. */
  readonly which?: string | undefined
  /** What was seen. */
  readonly seen: string
  /** What the policy wants. */
  readonly expected: string
  /** What a person does about it. */
  readonly remedy: string
  /** The member of an object that it is about: from this a file and a line are found. */
  readonly at?: Position | undefined
  /** The value that certainly makes it right at that place. */
  readonly set?: unknown
  /** Members of the same object that have to change together with it. */
  readonly setWith?: readonly Setting[] | undefined
  /** Removing that member certainly makes it right. */
  readonly remove?: boolean | undefined
}

/** A member of an object. */
export type Position = readonly [object: KubeObject, path: Path]

/** A finding that a fact of this code builds: `code`, or `code:which`. */
export type FindingOf<Code extends string> = Finding & {
  readonly code: Code | `${Code}:${string}`
}

/** Builds one kind of finding from its evidence, and carries its code as data. */
export interface Fact<Code extends string, Evidence extends readonly unknown[]> {
  (...evidence: Evidence): FindingOf<Code>
  readonly code: Code
}

/** What a judge returns: facts, nothing, or lists of both. */
export type Judged<Code extends string = string> =
  | FindingOf<Code>
  | false
  | undefined
  | readonly Judged<Code>[]

/**
 * Names what an invariant can find wrong. `code` is stable and short: waivers refer to it. `state`
 * puts the evidence into words.
 */
export function fact<Code extends string, Evidence extends readonly unknown[]>(
  code: Code,
  state: (...evidence: Evidence) => Statement,
): Fact<Code, Evidence> {
  return Object.assign((...evidence: Evidence) => findingOf(code, state(...evidence)), { code })
}

function findingOf<Code extends string>(code: Code, statement: Statement): FindingOf<Code> {
  const { which, seen, expected, remedy, at, set, setWith = [], remove } = statement
  const finding: FindingOf<Code> = {
    code: which === undefined ? code : `${code}:${which}`,
    seen,
    expected,
    remedy,
  }
  if (at !== undefined) finding.at = placeOf(...at)
  if (set !== undefined)
    finding.change = setWith.length === 0 ? { to: set } : { to: set, with: setWith }
  if (remove === true) finding.change = { removed: true }
  return finding
}

/** The findings of a judge's answer, in its order. */
export function findingsIn(judged: Judged): readonly Finding[] {
  if (judged === false || judged === undefined) return []
  return isList(judged) ? judged.flatMap(findingsIn) : [judged]
}

const isList = (judged: Judged): judged is readonly Judged[] => Array.isArray(judged)

/** A member of an object, by the object's identity; without a path the object itself. */
export function placeOf(object: KubeObject, path: Path = []): Place {
  const { apiVersion, kind, metadata } = object
  const { name, namespace } = metadata
  return namespace === undefined
    ? { apiVersion, kind, name, path }
    : { apiVersion, kind, namespace, name, path }
}
