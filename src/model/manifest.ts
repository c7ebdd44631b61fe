// A manifest: an object read from a file, with the position of each of its members.

/**
 * A member of an object, from its top: `['spec', 'template', 'spec', 'containers', 0, 'image']`.
 */
export type Path = readonly (string | number)[]

/** A member of an object of the Kubernetes API. */
export interface Place {
  apiVersion?: string
  kind: string
  namespace?: string
  name: string
  /** May name a missing member. Reports show it at its nearest existing parent. */
  path: Path
  /** It concerns the name of the member instead of its value. */
  of?: 'key'
}

/**
 * A change that certainly corrects a finding: the member gets this value (created if missing), is
 * removed, or is renamed.
 */
export type Change =
  | { to: unknown; with?: readonly Setting[] }
  | { removed: true }
  | { renamed: string }

/** A member of the same object that must change together with another. */
export interface Setting {
  path: Path
  to: unknown
}

/**
 * A section of a file. Lines and columns count from 1, columns in UTF-16 units. `to` and the end
 * are exclusive.
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

/** The members that every object has. */
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
   * The name for reports: relative to the folder in which the gate started, with `/`. `<stdin>` for
   * a stream.
   */
  readonly file: string
  /** Its index among the documents of the file, from 0. */
  readonly document: number
  /**
   * The position of a member's value, or of its key. For a missing member: the key of its nearest
   * existing parent.
   */
  where(path: Path, of?: Place['of']): Span
}

/** A part of a file that is not an object, or that is unreadable. */
export interface ManifestProblem {
  file: string
  span: Span
  /** Stable and short, e.g. `yaml:tab`, `yaml:duplicate-key`, `too-large`, `not-an-object`. */
  code: string
  /** unreadable: its content is unknown. broken: a mistake. skipped: reported, but not judged. */
  kind: 'unreadable' | 'broken' | 'skipped'
  seen: string
  expected: string
  remedy: string
}

/** Everything that was read for one judgement. */
export interface ManifestSet {
  manifests: readonly Manifest[]
  problems: readonly ManifestProblem[]
  /** Texts by the names of their files, for code frames and for edits in place. */
  texts: ReadonlyMap<string, string>
}

/** One replacement in the text of a file, by offsets. */
export interface Edit {
  file: string
  from: number
  to: number
  text: string
}
