// Reads texts into manifests: every object with its position, everything else with the reason.
import type { KubeObject } from '#src/model/kube.ts'
import type { Manifest, ManifestProblem, ManifestSet } from '#src/model/manifest.ts'
import { readText, type FoundObject } from './read-text.ts'

/** One object of the API: the versions of a group are views of the same object. */
const identity = ({
  apiVersion,
  kind,
  metadata: { namespace, name },
}: Manifest['object']): string => {
  const group = apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')))
  return `${group}\n${kind}\n${namespace ?? ''}\n${name}`
}

function duplicate(manifest: Manifest, other: Manifest): ManifestProblem {
  const { kind, metadata } = manifest.object
  const { namespace, name } = metadata
  const first = `${other.file}:${other.where(['metadata', 'name']).line}`
  return {
    file: manifest.file,
    span: manifest.where(['metadata', 'name']),
    code: 'twice',
    kind: 'broken',
    seen:
      `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name} again, first at ` + first,
    expected: 'each object once: the last one applied silently replaces the others',
    remedy: 'Remove one of the two, or rename it.',
  }
}

/** Objects that the set contains more than once: the last one applied silently wins. */
function duplicates(objects: readonly FoundObject[]): readonly ManifestProblem[] {
  const first = new Map<string, Manifest>()
  return objects.flatMap(({ manifest, generated }): ManifestProblem[] => {
    if (generated) return []
    const key = identity(manifest.object)
    const other = first.get(key)
    if (other !== undefined) return [duplicate(manifest, other)]
    first.set(key, manifest)
    return []
  })
}

/** Texts to read, by the file name that reports show, and the problems met while loading them. */
export interface Input {
  texts: ReadonlyMap<string, string>
  problems?: readonly ManifestProblem[]
}

/**
 * Joins inputs. A text never replaces another of the same name: charts may share template names.
 */
export function joinInputs(inputs: readonly Input[]): Input {
  const texts = new Map<string, string>()
  for (const { texts: some } of inputs) {
    for (const [file, text] of some) {
      const suffix = file.endsWith(' (rendered)') ? ' (rendered)' : ''
      const base = file.slice(0, file.length - suffix.length)
      let name = file
      for (let copy = 2; texts.has(name); copy += 1) name = `${base} [${copy}]${suffix}`
      texts.set(name, text)
    }
  }
  return { texts, problems: inputs.flatMap(({ problems = [] }) => problems) }
}

/**
 * Reads everything. It never throws and always ends: what it cannot read is a problem with its file
 * and line.
 */
export function readManifests({ texts, problems = [] }: Input): ManifestSet {
  const read = [...texts].map(([file, text]) => readText(file, text))
  const objects = read.flatMap(one => one.objects)
  return {
    manifests: objects.map(({ manifest }) => manifest),
    problems: [...problems, ...read.flatMap(one => one.problems), ...duplicates(objects)],
    texts,
  }
}

/**
 * The objects of a text that ships with the project. Throws an Error with file and line where the
 * text contains anything else; it does not judge what the objects contain.
 */
export function parseObjects(text: string, file = 'manifests'): readonly KubeObject[] {
  const { manifests, problems } = readManifests({ texts: new Map([[file, text]]) })
  const problem = problems.find(({ code }) => code !== 'placeholder' && code !== 'example-secret')
  if (problem === undefined) return manifests.map(({ object }) => writable(object))
  const { span, seen, expected, remedy } = problem
  throw new Error(
    `${problem.file}:${span.line}:${span.column}: ${seen}. Expected: ${expected}. ${remedy}`,
  )
}

/** A copy whose labels and annotations can be changed. */
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
