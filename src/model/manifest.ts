// A manifest: an object read from a file, which knows where each of its members stands.

/**
 * A member of an object, from its top: `['spec', 'template', 'spec', 'containers', 0, 'image']`.
 */
export type Path = readonly (string | number)[]

/** An object of the Kubernetes API and the member of it that something is about. */
export interface Place {
  apiVersion?: string
  kind: string
  namespace?: string
  name: string
  /** Of a member that is not there, too: it is shown at the nearest one above it that is. */
  path: Path
  /** It is about how the member is called, and not about what it holds. */
  of?: 'key'
}

/**
 * What certainly makes it right: the member at a finding's place gets this value (and is made when
 * it is missing), goes, or is called otherwise.
 */
export type Change =
  | { to: unknown; with?: readonly Setting[] }
  | { removed: true }
  | { renamed: string }

/** A member of the same object that has to change together with another one. */
export interface Setting {
  path: Path
  to: unknown
}

/**
 * A piece of a file. Lines and columns count from 1, columns in UTF-16 units; `to` and the end are
 * behind the last one.
 */
export interface Span {
  line: number
  column: number
  endLine: number
  endColumn: number
  /** Offsets into the text of the file. */
  from: number
  to: number
}

/** As much of an object as every object has. */
export interface ManifestObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly annotations?: Readonly<Record<string, string>>
    readonly labels?: Readonly<Record<string, string>>
  }
}

export interface Manifest {
  readonly object: ManifestObject
  /**
   * As it is shown: relative to the folder in which the gate was started, with `/`; `<stdin>` for a
   * stream.
   */
  readonly file: string
  /** Its place among the documents of the file, from 0. */
  readonly document: number
  /**
   * Where a member's value stands, or its key. Of a missing one: the key of the nearest one above
   * it that is there.
   */
  where(path: Path, of?: Place['of']): Span
}

/** What stands in a file and is no object, or one that cannot be read. */
export interface ManifestProblem {
  file: string
  span: Span
  /** Stable and short, e.g. `yaml:tab`, `yaml:duplicate-key`, `too-large`, `not-an-object`. */
  code: string
  /**
   * unreadable: nothing can be said of what stands there; broken: a mistake; skipped: named and
   * left aside.
   */
  kind: 'unreadable' | 'broken' | 'skipped'
  seen: string
  expected: string
  remedy: string
}

/** All that was read for one judgement. */
export interface ManifestSet {
  manifests: readonly Manifest[]
  problems: readonly ManifestProblem[]
  /** Texts by file as shown, for code frames, and for changes in place. */
  texts: ReadonlyMap<string, string>
}

/** One change of a file's text, by offsets. */
export interface Edit {
  file: string
  from: number
  to: number
  text: string
}
