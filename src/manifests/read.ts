// From texts to manifests: every object with its place, and everything that is none with the
// reason.
import type {
  Manifest,
  ManifestProblem,
  ManifestSet,
  Path,
  Place,
  Span,
} from '#src/model/manifest.ts'
import type { KubeObject } from '#src/model/kube.ts'
import { linesOf, type Lines } from './yaml/lines.ts'
import { newPositionIndex, type Locate, type PositionIndex } from './yaml/positions.ts'
import { objectsOf, type ObjectProblem } from './objects.ts'
import { maySuspect, placeholdersIn } from './placeholders.ts'
import { locatePlain, readPlain } from './yaml/plain.ts'
import { isEmptyDocument, documentsIn, type DocumentSpan } from './yaml/documents.ts'
import { readTree } from './yaml/tree.ts'
import type { YamlFault } from './yaml/yaml-faults.ts'

const MiB = 2 ** 20
/**
 * Letters of one document. @source ten times etcd’s limit for a request (1.5 MiB): a List of that
 * size is a cluster, and more is not written by anybody
 */
export const maxDocumentSize = 16 * MiB
/**
 * Letters of one document that is not plain: with anchors, tags or folded texts. @source
 * Kubernetes, ConfigMap and Secret: no more than 1 MiB of data in an object
 */
export const maxTreeSize = MiB

/**
 * Documents of one file. @source the smallest object has about 60 letters: of 64 MiB a quarter
 * million documents of this size are no manifests any more
 */
const maxDocuments = 250_000

/** What was read of one document. */
interface DocumentReading {
  value: unknown
  /** Where it begins, and ends. */
  from: number
  to: number
  faults: readonly YamlFault[]
  /** Its members in the notes of the text; undefined where its reader makes none. */
  members?: readonly [number, number]
}

/**
 * Letters that YAML forbids: they come from files that are no text. A carriage return alone is read
 * as an end of line by some, as a blank by others.
 */
// oxlint-disable-next-line no-control-regex -- these are the letters that are looked for
const forbidden = /[\0-\x08\x0B\x0C\x0E-\x1F\x7F\uFFFE\uFFFF]|\r(?!\n)/
/**
 * A text without any of these has no forbidden letter: one look without a second thought is enough
 * for most.
 */
// oxlint-disable-next-line no-control-regex -- these are the letters that are looked for
const unusual = /[\0-\x08\x0B-\x1F\x7F\uFFFE\uFFFF]/

const tooLarge = ({ from, to }: DocumentSpan, most: number, what: string): YamlFault => ({
  from,
  to: from,
  code: 'too-large',
  kind: 'unreadable',
  seen: `${what} of ${((to - from) / MiB).toFixed(1)} MiB`,
  expected: `at most ${most / MiB} MiB`,
  remedy: 'Split it by --- into documents; nothing of it was judged.',
})

function readPiece(
  text: string,
  piece: DocumentSpan,
  suspect: boolean,
  notes: PositionIndex,
): DocumentReading {
  const { from, to } = piece
  if (to - from > maxDocumentSize)
    return {
      value: undefined,
      from,
      to,
      faults: [tooLarge(piece, maxDocumentSize, 'one document')],
    }
  const bad = suspect ? forbidden.exec(text.slice(from, to)) : null
  if (bad !== null) {
    const at = from + bad.index
    return {
      value: undefined,
      from,
      to,
      faults: [
        {
          from: at,
          to: at + 1,
          code: 'control-character',
          kind: 'unreadable',
          seen: `the control character U+${bad[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
          expected: 'text',
          remedy:
            'Remove it, or keep this file out of the set; nothing of this document was judged.',
        },
      ],
    }
  }
  const plain = readPlain(text, from, to, notes)
  if (plain !== undefined) return { ...plain, faults: [] }
  if (to - from > maxTreeSize)
    return {
      value: undefined,
      from,
      to,
      faults: [
        tooLarge(
          piece,
          maxTreeSize,
          'one document with anchors, tags, folded texts, mistakes or millions of values',
        ),
      ],
    }
  return readTree(text, from, to)
}

/**
 * Where the members of documents stand of which the notes say nothing. The last one is kept: places
 * are asked for document by document.
 */
function locateTree(text: string): (piece: DocumentSpan) => Locate {
  let last: { piece: DocumentSpan; locate: Locate } | undefined
  return piece => {
    if (last?.piece === piece) return last.locate
    last = { piece, locate: readTree(text, piece.from, piece.to).locate }
    return last.locate
  }
}

/** Offsets of a member's value, or of its key; of a missing one, of the nearest key above it. */
function offsetsOf(locate: Locate, path: Path, of: Place['of']): readonly [number, number] {
  const {
    position: { key, from, to },
    steps,
    firstKey,
  } = locate(path)
  // What has no key of its own is shown at its first one.
  if (steps < path.length) return key ?? firstKey() ?? [from, to]
  return of === 'key' && key !== undefined ? key : [from, to]
}

const baseName = (file: string): string =>
  (file.split('/').at(-1) ?? file).replace(/ \(rendered\)$/, '')

interface FoundObject {
  manifest: Manifest
  generated: boolean
}

/** Reads one text. Problems are in the order in which they stand. */
function readText(
  file: string,
  text: string,
): { sightings: readonly FoundObject[]; problems: readonly ManifestProblem[] } {
  const lines: Lines = linesOf(text)
  const notes = newPositionIndex(text)
  const inTree = locateTree(text)
  const [suspectLetters, suspectValues] = [
    unusual.test(text) && forbidden.test(text),
    maySuspect(text),
  ]
  const sightings: FoundObject[] = []
  const problems: ManifestProblem[] = []
  const pieces = documentsIn(text, maxDocuments)
  if (pieces === undefined) {
    return {
      sightings,
      problems: [
        {
          file,
          span: lines.span(0, 0),
          code: 'too-large',
          kind: 'unreadable',
          seen: `more than ${maxDocuments.toLocaleString('en')} documents`,
          expected: 'fewer in one file',
          remedy: 'Split the file; nothing of it was judged.',
        },
      ],
    }
  }
  for (const piece of pieces) {
    if (isEmptyDocument(text, piece)) continue
    const {
      value,
      from: start,
      to: end,
      faults,
      members,
    } = readPiece(text, piece, suspectLetters, notes)
    const where = (path: Path, of?: Place['of']): Span =>
      lines.span(
        ...offsetsOf(
          members === undefined
            ? inTree(piece)
            : locatePlain(notes, { from: start, to: end, members }),
          path,
          of,
        ),
      )
    for (const { from, to, other, seen, ...rest } of faults)
      problems.push({
        file,
        span: lines.span(from, to),
        seen:
          other === undefined
            ? seen
            : seen.replace('{line}', String(lines.span(other, other).line)),
        ...rest,
      })
    const { found, troubles } = objectsOf(value, baseName(file))
    const all: ObjectProblem[] = [...troubles]
    for (const { path, object, generated } of found) {
      sightings.push({
        generated,
        manifest: {
          object,
          file,
          document: piece.document,
          where: (member, of) => where([...path, ...member], of),
        },
      })
      if (suspectValues)
        for (const trouble of placeholdersIn(object))
          all.push({ ...trouble, path: [...path, ...trouble.path] })
    }
    // A placeholder in a name says more than that the name is wrong.
    const filled = all.filter(
      ({ code, path }) =>
        (code !== 'bad-name' && code !== 'bad-namespace') ||
        !all.some(
          other =>
            (other.code === 'placeholder' || other.code === 'template') &&
            other.path.join('/') === path.join('/'),
        ),
    )
    for (const { path, ...rest } of filled)
      problems.push({
        file,
        span: rest.kind === 'skipped' && path.length === 0 ? lines.span(start, start) : where(path),
        ...rest,
      })
  }
  return { sightings, problems: problems.toSorted((a, b) => a.span.from - b.span.from) }
}

/** One name of the API: versions of a group are views of the same object. */
const identity = ({
  apiVersion,
  kind,
  metadata: { namespace, name },
}: Manifest['object']): string =>
  `${apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')))}\n${kind}\n${namespace ?? ''}\n${name}`

/** Objects that stand in the set more than once: whichever is applied last wins, in silence. */
function duplicates(sightings: readonly FoundObject[]): readonly ManifestProblem[] {
  const first = new Map<string, Manifest>()
  return sightings.flatMap(({ manifest, generated }): ManifestProblem[] => {
    const key = identity(manifest.object)
    const other = first.get(key)
    if (generated || other === undefined) {
      if (!generated) first.set(key, manifest)
      return []
    }
    const {
      kind,
      metadata: { namespace, name },
    } = manifest.object
    const span = manifest.where(['metadata', 'name'])
    return [
      {
        file: manifest.file,
        span,
        code: 'twice',
        kind: 'broken',
        seen: `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name} for the second time, first at ${other.file}:${other.where(['metadata', 'name']).line}`,
        expected: 'each object once: the one that is applied last wins, in silence',
        remedy: 'Remove one of the two, or rename it.',
      },
    ]
  })
}

/**
 * What is to be read: texts by file as it is shown, and the problems that were met on the way to
 * them.
 */
export interface Input {
  texts: ReadonlyMap<string, string>
  problems?: readonly ManifestProblem[]
}

/**
 * Several inputs as one. A text never takes the place of another one of its name: charts may share
 * names of templates.
 */
export function joinInputs(inputs: readonly Input[]): Input {
  const texts = new Map<string, string>()
  for (const { texts: some } of inputs) {
    for (const [file, text] of some) {
      let name = file
      for (let copy = 2; texts.has(name); copy += 1)
        name = `${file.replace(/ \(rendered\)$/, '')} [${copy}]${file.endsWith(' (rendered)') ? ' (rendered)' : ''}`
      texts.set(name, text)
    }
  }
  return { texts, problems: inputs.flatMap(({ problems = [] }) => problems) }
}

/**
 * Reads everything. It neither throws nor hangs: what cannot be read is a problem with its file and
 * line.
 */
export function readManifests({ texts, problems = [] }: Input): ManifestSet {
  const read = [...texts].map(([file, text]) => readText(file, text))
  const sightings = read.flatMap(one => one.sightings)
  return {
    manifests: sightings.map(({ manifest }) => manifest),
    problems: [...problems, ...read.flatMap(one => one.problems), ...duplicates(sightings)],
    texts,
  }
}

/**
 * Objects of a text that comes with the project. Throws, with file and line, where there is
 * anything but objects; what they hold is not judged.
 */
export function parseObjects(text: string, file = 'manifests'): readonly KubeObject[] {
  const { manifests, problems } = readManifests({ texts: new Map([[file, text]]) })
  const problem = problems.find(({ code }) => code !== 'placeholder' && code !== 'example-secret')
  if (problem !== undefined)
    throw new Error(
      `${problem.file}:${problem.span.line}:${problem.span.column}: ${problem.seen}. Expected: ${problem.expected}. ${problem.remedy}`,
    )
  return manifests.map(({ object }) => writable(object))
}

/** A copy whose labels and annotations may be written to. */
function writable({
  metadata: { labels, annotations, ...metadata },
  ...object
}: Manifest['object']): KubeObject {
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(labels === undefined ? {} : { labels: { ...labels } }),
      ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
    },
  }
}
