// Reads the text of one file: its documents, their objects, and the problems in them.
import type { Manifest, ManifestProblem, Path, Place, Span } from '#src/model/manifest.ts'
import { objectsOf, type ObjectInDocument, type ObjectProblem } from './objects.ts'
import { maySuspect, placeholdersIn } from './placeholders.ts'
import { hasForbiddenCharacters, offsetsIn, readDocument } from './read-document.ts'
import { documentsIn, isEmptyDocument } from './yaml/documents.ts'
import { linesOf, type Lines } from './yaml/lines.ts'
import { newPositionIndex } from './yaml/positions.ts'
import type { YamlFault } from './yaml/yaml-faults.ts'

/**
 * Documents of one file. @source the smallest object has about 60 characters: in 64 MiB, a quarter
 * million documents of 256 characters are not manifests
 */
const maxDocuments = 250_000

/** An object of a text. `generated`: the API makes its name. */
export interface FoundObject {
  manifest: Manifest
  generated: boolean
}

export interface ReadText {
  objects: readonly FoundObject[]
  /** In the order of their lines. */
  problems: readonly ManifestProblem[]
}

const baseName = (file: string): string =>
  (file.split('/').at(-1) ?? file).replace(/ \(rendered\)$/, '')

function ofFault(
  file: string,
  lines: Lines,
  { from, to, other, seen, ...rest }: YamlFault,
): ManifestProblem {
  const line = other === undefined ? undefined : lines.span(other, other).line
  return {
    file,
    span: lines.span(from, to),
    seen: line === undefined ? seen : seen.replace('{line}', String(line)),
    ...rest,
  }
}

/** A placeholder in a name explains more than a wrong name. */
function withoutEchoes(problems: readonly ObjectProblem[]): readonly ObjectProblem[] {
  const isExplained = ({ path }: ObjectProblem): boolean =>
    problems.some(
      other =>
        (other.code === 'placeholder' || other.code === 'template') &&
        other.path.join('/') === path.join('/'),
    )
  return problems.filter(
    problem =>
      (problem.code !== 'bad-name' && problem.code !== 'bad-namespace') || !isExplained(problem),
  )
}

/** Problems of the objects of a document, with their placeholders if the text may have some. */
function problemsIn(
  found: readonly ObjectInDocument[],
  problems: readonly ObjectProblem[],
  mayHavePlaceholders: boolean,
): readonly ObjectProblem[] {
  if (!mayHavePlaceholders) return withoutEchoes(problems)
  const placeholders = found.flatMap(({ path, object }) =>
    placeholdersIn(object).map(one => ({ ...one, path: [...path, ...one.path] })),
  )
  return withoutEchoes([...problems, ...placeholders])
}

function tooMany(file: string, lines: Lines): ManifestProblem {
  return {
    file,
    span: lines.span(0, 0),
    code: 'too-large',
    kind: 'unreadable',
    seen: `more than ${maxDocuments.toLocaleString('en')} documents`,
    expected: 'fewer in one file',
    remedy: 'Split the file; nothing in it was judged.',
  }
}

/** Reads one text. It never throws. */
export function readText(file: string, text: string): ReadText {
  const lines = linesOf(text)
  const documents = documentsIn(text, maxDocuments)
  if (documents === undefined) return { objects: [], problems: [tooMany(file, lines)] }
  const positions = newPositionIndex(text)
  const locate = offsetsIn(text, positions)
  const [suspect, mayHavePlaceholders] = [hasForbiddenCharacters(text), maySuspect(text)]
  const objects: FoundObject[] = []
  const problems: ManifestProblem[] = []
  for (const document of documents) {
    if (isEmptyDocument(text, document)) continue
    const reading = readDocument(text, document, suspect, positions)
    const offsets = locate(document, reading)
    const where = (path: Path, of?: Place['of']): Span => lines.span(...offsets(path, of))
    for (const fault of reading.faults) problems.push(ofFault(file, lines, fault))
    const contents = objectsOf(reading.value, baseName(file))
    for (const { path, object, generated } of contents.objects) {
      const at = (member: Path, of?: Place['of']): Span => where([...path, ...member], of)
      objects.push({
        generated,
        manifest: { object, file, document: document.document, where: at },
      })
    }
    const found = problemsIn(contents.objects, contents.problems, mayHavePlaceholders)
    for (const { path, ...rest } of found) {
      const isWhole = rest.kind === 'skipped' && path.length === 0
      const span = isWhole ? lines.span(reading.from, reading.from) : where(path)
      problems.push({ file, span, ...rest })
    }
  }
  return { objects, problems: problems.toSorted((a, b) => a.span.from - b.span.from) }
}
