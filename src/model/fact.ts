// Facts: the violations that an invariant can find. A judge states facts, and only this file builds
// findings from them.
import type { KubeObject } from './kube.ts'
import type { Path, Place, Setting } from './manifest.ts'
import type { Finding } from './verdict.ts'

/** A violation in sentences. */
export interface Statement {
  /** Which of several, e.g. of a subject's probes. It follows the code: `probe-missing:startup`. */
  readonly which?: string | undefined
  /** What was seen. */
  readonly seen: string
  /** What the policy wants. */
  readonly expected: string
  /** What a person does about it. */
  readonly remedy: string
  /** The member of an object that is wrong. It gives the finding its file and line. */
  readonly at?: Position | undefined
  /** The value that certainly corrects that member. */
  readonly set?: unknown
  /** Members of the same object that must change with it. */
  readonly setWith?: readonly Setting[] | undefined
  /** Whether removing that member certainly corrects the object. */
  readonly remove?: boolean | undefined
}

/** A member of an object. */
export type Position = readonly [object: KubeObject, path: Path]

/** A finding of this code: `code`, or `code:which`. */
export type FindingOf<Code extends string> = Finding & {
  readonly code: Code | `${Code}:${string}`
}

/** Builds one kind of finding from its evidence. Its code is data. */
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
 * Defines a violation. `code` is short and stable, because waivers refer to it. `state` describes
 * the evidence in sentences.
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

/** The findings in a judge's answer, in order. */
export function findingsIn(judged: Judged): readonly Finding[] {
  if (judged === false || judged === undefined) return []
  return isList(judged) ? judged.flatMap(findingsIn) : [judged]
}

const isList = (judged: Judged): judged is readonly Judged[] => Array.isArray(judged)

/** The place of a member of an object. Without a path: of the object itself. */
export function placeOf(object: KubeObject, path: Path = []): Place {
  const { apiVersion, kind, metadata } = object
  const { name, namespace } = metadata
  return namespace === undefined
    ? { apiVersion, kind, name, path }
    : { apiVersion, kind, namespace, name, path }
}
