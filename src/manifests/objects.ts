// Takes a document apart into objects of the API, and names what is not an object.
import type { ManifestObject, Path } from '#src/model/manifest.ts'
import { isJsonObject, type JsonObject } from '#src/model/json.ts'
import { nameOf, namespaceOf, stringsOf, type Named } from './metadata.ts'
import { broken, show, skipped, type ObjectProblem } from './object-problem.ts'
import { localFile, unknownDocument } from './other-documents.ts'

export type { ObjectProblem } from './object-problem.ts'

export interface ObjectInDocument {
  /** Where it stands in the document: empty unless it is an element of a List. */
  path: Path
  object: ManifestObject
  /** It has only a prefix for its name: the API makes the rest. */
  generated: boolean
}

/** The objects of a document and the problems in it. */
export interface DocumentContents {
  objects: readonly ObjectInDocument[]
  problems: readonly ObjectProblem[]
}

const only = (problem: ObjectProblem): DocumentContents => ({ objects: [], problems: [problem] })

/**
 * Whether Helm applies the object for `helm test` only: no install or upgrade does. A Secret counts
 * as applied: the file contains its values in any case. @source Helm documentation, Chart Tests and
 * Chart Hooks; test-success and test-failure are the names before v3
 */
function isHelmTest(kind: string, { annotations }: JsonObject): boolean {
  const hooks = isJsonObject(annotations) ? annotations['helm.sh/hook'] : undefined
  return (
    kind !== 'Secret' &&
    typeof hooks === 'string' &&
    hooks.split(',').every(hook => /^test(?:-success|-failure)?$/.test(hook.trim()))
  )
}

/** The object with the metadata that the API would store. */
function namedObject(
  value: JsonObject,
  { apiVersion, kind, metadata }: { apiVersion: string; kind: string; metadata: JsonObject },
  named: Named,
): DocumentContents {
  const { namespace, problems: ofNamespace } = namespaceOf(metadata)
  const annotations = stringsOf(metadata['annotations'], ['metadata', 'annotations'])
  const labels = stringsOf(metadata['labels'], ['metadata', 'labels'])
  const problems = [...named.problems, ...ofNamespace, ...annotations.problems, ...labels.problems]
  const isAsRead =
    !named.generated &&
    namespace === metadata['namespace'] &&
    annotations.strings === metadata['annotations'] &&
    labels.strings === metadata['labels']
  // The checks above are the cast: apiVersion, kind, name and maps have the types of the model.
  if (isAsRead) {
    const object = value as unknown as ManifestObject
    return { objects: [{ path: [], object, generated: false }], problems }
  }
  const { annotations: _annotations, labels: _labels, namespace: _namespace, ...rest } = metadata
  const object: ManifestObject = {
    ...value,
    apiVersion,
    kind,
    metadata: {
      ...rest,
      name: named.name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(annotations.strings === undefined ? {} : { annotations: annotations.strings }),
      ...(labels.strings === undefined ? {} : { labels: labels.strings }),
    },
  }
  return { objects: [{ path: [], object, generated: named.generated }], problems }
}

function oneObject(value: JsonObject, apiVersion: string, kind: string): DocumentContents {
  const { metadata = {} } = value
  if (!isJsonObject(metadata))
    return only(
      broken(
        ['metadata'],
        'no-name',
        `metadata: ${show(metadata)}`,
        'an object with a name',
        'Write `name: …` below metadata.',
      ),
    )
  const named = nameOf(apiVersion, kind, metadata)
  if (!('problems' in named)) return only(named)
  if (isHelmTest(kind, metadata))
    return only(
      skipped(
        'helm-test',
        `a Helm test: ${kind} ${named.name}`,
        'Nothing: only helm test applies it, no install or upgrade does.',
      ),
    )
  return namedObject(value, { apiVersion, kind, metadata }, named)
}

const below = (path: Path, { objects, problems }: DocumentContents): DocumentContents => ({
  objects: objects.map(one => ({ ...one, path: [...path, ...one.path] })),
  problems: problems.map(one => ({ ...one, path: [...path, ...one.path] })),
})

/**
 * The elements of a list. Elements of a list that the API returned have neither apiVersion nor
 * kind: they inherit both.
 */
function listContents(
  elements: readonly unknown[],
  apiVersion: string,
  kind: string,
): DocumentContents {
  const inherited = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) }
  const each = elements.map((element, index) =>
    below(
      ['items', index],
      isJsonObject(element)
        ? objectsOf({ ...inherited, ...element }, '')
        : only(
            broken(
              [],
              'not-an-object',
              `an item that is ${show(element)}`,
              'an object',
              'Remove it.',
            ),
          ),
    ),
  )
  return {
    objects: each.flatMap(({ objects }) => objects),
    problems: each.flatMap(({ problems }) => problems),
  }
}

const missingMember = (
  member: 'apiVersion' | 'kind',
  code: string,
  value: unknown,
  example: string,
): DocumentContents =>
  only(
    broken(
      [member],
      code,
      value === undefined ? `an object without ${member}` : `${member}: ${show(value)}`,
      `a string such as ${example}`,
      `Write the ${member}.`,
    ),
  )

function notAnObject(value: unknown): DocumentContents {
  const seen = Array.isArray(value)
    ? 'a list that is not a List of objects'
    : `nothing but ${show(value)}`
  const remedy =
    'Nothing, unless it belongs in the cluster; list it in .holdfastignore to silence this note.'
  return only(skipped('not-an-object', seen, remedy))
}

/** Objects of a document. `name`: of its file, without folders. */
export function objectsOf(value: unknown, name: string): DocumentContents {
  if (value === null || value === undefined) return { objects: [], problems: [] }
  if (!isJsonObject(value)) return notAnObject(value)
  const { apiVersion, kind, items } = value
  const local = localFile(value, name)
  if (local !== undefined) return only(local)
  const isObject = 'metadata' in value || 'spec' in value || Array.isArray(items)
  if (!isObject && (apiVersion === undefined || kind === undefined))
    return only(unknownDocument(value, name))
  if (typeof apiVersion !== 'string' || apiVersion === '')
    return missingMember('apiVersion', 'no-api-version', apiVersion, 'apps/v1')
  if (typeof kind !== 'string' || kind === '')
    return missingMember('kind', 'no-kind', kind, 'Deployment')
  return kind.endsWith('List') && Array.isArray(items)
    ? listContents(items, apiVersion, kind)
    : oneObject(value, apiVersion, kind)
}
