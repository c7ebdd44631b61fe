// Reads the metadata of an object: name, namespace, labels and annotations, as the API takes them.
import type { Path } from '#src/model/manifest.ts'
import { isJsonObject, type JsonObject } from '#src/model/json.ts'
import { broken, show, type ObjectProblem } from './object-problem.ts'
import { wrongName, wrongNamespace, wrongPrefix } from './yaml/names.ts'

type Strings = Readonly<Record<string, string>>

/** Labels or annotations, and the values among them that are not strings. */
export interface StringMap {
  strings: Strings | undefined
  problems: readonly ObjectProblem[]
}

const notAString = (path: Path, key: string, value: unknown): ObjectProblem =>
  broken(
    [...path, key],
    'not-a-text',
    `${key}: ${show(value)}, ` +
      (Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`),
    'a string: the API refuses every other type here',
    'Put it in quotes.',
  )

/** Reads labels or annotations. Null becomes an empty string; other values are left out. */
export function stringsOf(value: unknown, path: Path): StringMap {
  if (value === undefined || value === null) return { strings: undefined, problems: [] }
  if (!isJsonObject(value)) {
    const remedy = 'Write `name: "text"` below it.'
    const problem = broken(path, 'not-texts', show(value), 'a map of names to strings', remedy)
    return { strings: undefined, problems: [problem] }
  }
  const entries = Object.entries(value)
  // The check is the cast: every value is a string.
  if (entries.every(([, text]) => typeof text === 'string'))
    return { strings: value as Strings, problems: [] }
  return {
    strings: Object.fromEntries(
      entries.flatMap(([key, text]) =>
        typeof text === 'string' || text === null ? [[key, text ?? '']] : [],
      ),
    ),
    problems: entries
      .filter(([, text]) => typeof text !== 'string' && text !== null)
      .map(([key, text]) => notAString(path, key, text)),
  }
}

/** The name of an object. `generated`: only its prefix, the API makes the rest. */
export interface Named {
  name: string
  generated: boolean
  problems: readonly ObjectProblem[]
}

const isMissing = (value: unknown): boolean => value === undefined || value === null || value === ''

function generatedName(apiVersion: string, kind: string, prefix: string): Named {
  const expected = wrongPrefix(apiVersion, kind, prefix)
  const path = ['metadata', 'generateName']
  const remedy = 'Choose another prefix: the API refuses this one.'
  const problems =
    expected === undefined ? [] : [broken(path, 'bad-name', prefix, expected, remedy)]
  return { name: prefix, generated: true, problems }
}

/** The name of an object, or why it has none. */
export function nameOf(
  apiVersion: string,
  kind: string,
  { name, generateName }: JsonObject,
): Named | ObjectProblem {
  const path = ['metadata', 'name']
  if (isMissing(name))
    return typeof generateName === 'string' && generateName !== ''
      ? generatedName(apiVersion, kind, generateName)
      : broken(path, 'no-name', `a ${kind} without metadata.name`, 'a name', 'Give it a name.')
  if (typeof name !== 'string')
    return broken(
      path,
      'no-name',
      `metadata.name: ${show(name)}, not a string`,
      'a string',
      `Put it in quotes: without them YAML reads it as ${show(name)}.`,
    )
  const expected = wrongName(apiVersion, kind, name)
  const remedy = 'Choose another name: the API refuses this one.'
  const problems =
    expected === undefined ? [] : [broken(path, 'bad-name', show(name), expected, remedy)]
  return { name, generated: false, problems }
}

export interface Namespaced {
  namespace?: string
  problems: readonly ObjectProblem[]
}

/** The namespace of an object; none where it names none. */
export function namespaceOf({ namespace }: JsonObject): Namespaced {
  if (isMissing(namespace)) return { problems: [] }
  const path = ['metadata', 'namespace']
  const seen = `metadata.namespace: ${show(namespace)}, not a string`
  const quote = `Put it in quotes: without them YAML reads it as ${show(namespace)}.`
  if (typeof namespace !== 'string')
    return { problems: [broken(path, 'bad-namespace', seen, 'a string', quote)] }
  const expected = wrongNamespace(namespace)
  if (expected === undefined) return { namespace, problems: [] }
  const remedy = 'Choose another namespace: the API refuses this one.'
  return {
    namespace,
    problems: [broken(path, 'bad-namespace', show(namespace), expected, remedy)],
  }
}
