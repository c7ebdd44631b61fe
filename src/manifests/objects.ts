// From what a document holds to objects of the API: lists are taken apart, and what is no object is
// told apart.
import type { ManifestObject, ManifestProblem, Path } from '#src/model/manifest.ts'
import { isJsonObject, type JsonObject } from '#src/model/json.ts'
import { wrongName, wrongNamespace, wrongPrefix } from './yaml/names.ts'

/** A problem at a member of a document. */
export interface ObjectProblem extends Omit<ManifestProblem, 'file' | 'span'> {
  path: Path
}

export interface ObjectInDocument {
  /** Its place within the document: empty but for items of lists. */
  path: Path
  object: ManifestObject
  /** It has no name yet: the API makes one. */
  generated: boolean
}

const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

const skipped = (code: string, seen: string, remedy: string): ObjectProblem => ({
  path: [],
  code,
  kind: 'skipped',
  seen,
  expected: 'an object of the API, with apiVersion and kind',
  remedy,
})
const broken = (
  path: Path,
  code: string,
  seen: string,
  expected: string,
  remedy: string,
): ObjectProblem => ({ path, code, kind: 'broken', seen, expected, remedy })

const renderChart = 'To judge what its chart makes: holdfast gate --helm <chart>.'
const nothingToDo = 'Nothing, if it is not meant for the cluster; .holdfastignore leaves it out.'

/**
 * Files that configure programs and never reach the API, although some look like objects. @source
 * each program’s documentation of its configuration file
 */
const localGroups =
  /^(?:kubeadm\.k8s\.io|kubelet\.config\.k8s\.io|kubeproxy\.config\.k8s\.io|kubescheduler\.config\.k8s\.io|kubectl\.config\.k8s\.io|apiserver\.config\.k8s\.io|apiserver\.k8s\.io|audit\.k8s\.io|client\.authentication\.k8s\.io|controller\.config\.kubernetes\.io|kind\.x-k8s\.io|skaffold|k3d\.io)\//

/** What has an apiVersion or a kind and is yet no object of the API. */
function localFile({ apiVersion, kind }: JsonObject, name: string): ObjectProblem | undefined {
  const version = typeof apiVersion === 'string' ? apiVersion : ''
  if (/^kustomization(?:\.ya?ml)?$/i.test(name) || version.startsWith('kustomize.config.k8s.io/'))
    return skipped(
      'kustomization',
      'a kustomization',
      'To judge what it builds: holdfast gate --kustomize <folder>.',
    )
  if (kind === undefined && /^chart\.ya?ml$/i.test(name))
    return skipped('helm-chart', 'the description of a Helm chart', renderChart)
  if (version === 'v1' && kind === 'Config')
    return skipped('local-file', 'a kubeconfig', 'Keep it out of the set: it may hold credentials.')
  return localGroups.test(version)
    ? skipped(
        'local-file',
        `the configuration of a program (${version} ${show(kind)})`,
        nothingToDo,
      )
    : undefined
}

/** What something without apiVersion and kind is, as its name and members show. */
function unknownDocument(value: JsonObject, name: string): ObjectProblem {
  if (/^values(?:[-_.].*)?\.(?:ya?ml|json)$/i.test(name))
    return skipped('helm-values', 'the values of a Helm chart', renderChart)
  if ('services' in value && isJsonObject(value['services']))
    return skipped('not-an-object', 'a Compose file', nothingToDo)
  const keys = Object.keys(value)
  return skipped(
    'not-an-object',
    keys.length === 0
      ? 'an object without members'
      : `no object of the API: it has ${keys.slice(0, 4).join(', ').slice(0, 100)}${keys.length > 4 ? ', …' : ''}`,
    nothingToDo,
  )
}

/** Labels and annotations as the API has them: texts. What is none is told and left out. */
function stringsOf(
  value: unknown,
  path: Path,
): { texts: Readonly<Record<string, string>> | undefined; troubles: readonly ObjectProblem[] } {
  if (value === undefined || value === null) return { texts: undefined, troubles: [] }
  if (!isJsonObject(value))
    return {
      texts: undefined,
      troubles: [
        broken(
          path,
          'not-texts',
          show(value),
          'names with texts',
          'Write `name: "text"` below it.',
        ),
      ],
    }
  const entries = Object.entries(value)
  // Each of them was just looked at.
  if (entries.every(([, text]) => typeof text === 'string'))
    return { texts: value as Readonly<Record<string, string>>, troubles: [] }
  const troubles = entries
    .filter(([, text]) => typeof text !== 'string' && text !== null)
    .map(([key, text]) =>
      broken(
        [...path, key],
        'not-a-text',
        `${key}: ${show(text)}, ${Array.isArray(text) ? 'a list' : `a value of type ${typeof text}`}`,
        'a text: the API refuses everything else here',
        'Put it in quotes.',
      ),
    )
  return {
    texts: Object.fromEntries(
      entries.flatMap(([key, text]) =>
        typeof text === 'string' || text === null ? [[key, text ?? '']] : [],
      ),
    ),
    troubles,
  }
}

interface Named {
  name: string
  generated: boolean
  troubles: readonly ObjectProblem[]
}

function nameOf(apiVersion: string, kind: string, metadata: JsonObject): Named | ObjectProblem {
  const { name, generateName } = metadata
  if (
    (name === undefined || name === null || name === '') &&
    typeof generateName === 'string' &&
    generateName !== ''
  ) {
    const wrong = wrongPrefix(apiVersion, kind, generateName)
    return {
      name: generateName,
      generated: true,
      troubles:
        wrong === undefined
          ? []
          : [
              broken(
                ['metadata', 'generateName'],
                'bad-name',
                generateName,
                wrong,
                'Give it another prefix.',
              ),
            ],
    }
  }
  if (name === undefined || name === null || name === '')
    return broken(
      ['metadata', 'name'],
      'no-name',
      `a ${kind} without metadata.name`,
      'a name',
      'Give it a name.',
    )
  if (typeof name !== 'string')
    return broken(
      ['metadata', 'name'],
      'no-name',
      `metadata.name: ${show(name)}, no text`,
      'a text',
      `Put it in quotes: without them YAML reads it as ${show(name)}.`,
    )
  const wrong = wrongName(apiVersion, kind, name)
  return {
    name,
    generated: false,
    troubles:
      wrong === undefined
        ? []
        : [
            broken(
              ['metadata', 'name'],
              'bad-name',
              show(name),
              wrong,
              'Give it another name: the API refuses this one.',
            ),
          ],
  }
}

function namespaceOf({ namespace }: JsonObject): {
  namespace?: string
  troubles: readonly ObjectProblem[]
} {
  if (namespace === undefined || namespace === null || namespace === '') return { troubles: [] }
  const path = ['metadata', 'namespace']
  if (typeof namespace !== 'string')
    return {
      troubles: [
        broken(
          path,
          'bad-namespace',
          `metadata.namespace: ${show(namespace)}, no text`,
          'a text',
          `Put it in quotes: without them YAML reads it as ${show(namespace)}.`,
        ),
      ],
    }
  const wrong = wrongNamespace(namespace)
  return {
    namespace,
    troubles:
      wrong === undefined
        ? []
        : [
            broken(
              path,
              'bad-namespace',
              show(namespace),
              wrong,
              'Give it another namespace: the API refuses this one.',
            ),
          ],
  }
}

/**
 * Whether Helm makes the object for `helm test` alone: no install and no upgrade does. A Secret
 * counts wherever it stands, for what
 * it holds is in the file. @source Helm documentation, Chart Tests and Chart Hooks; test-success
 * and test-failure are its names of before v3
 */
function isHelmTest(kind: string, metadata: JsonObject): boolean {
  const { annotations } = metadata
  const hooks = isJsonObject(annotations) ? annotations['helm.sh/hook'] : undefined
  return (
    kind !== 'Secret' &&
    typeof hooks === 'string' &&
    hooks.split(',').every(hook => /^test(?:-success|-failure)?$/.test(hook.trim()))
  )
}

type DocumentContents = { found: readonly ObjectInDocument[]; troubles: readonly ObjectProblem[] }
const only = (trouble: ObjectProblem): DocumentContents => ({ found: [], troubles: [trouble] })

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
  if (!('troubles' in named)) return only(named)
  if (isHelmTest(kind, metadata))
    return only(
      skipped(
        'helm-test',
        `a Helm test: ${kind} ${named.name}`,
        'Only helm test makes it: no install and no upgrade does.',
      ),
    )
  const { namespace, troubles: ofNamespace } = namespaceOf(metadata)
  const annotations = stringsOf(metadata['annotations'], ['metadata', 'annotations'])
  const labels = stringsOf(metadata['labels'], ['metadata', 'labels'])
  const troubles = [...named.troubles, ...ofNamespace, ...annotations.troubles, ...labels.troubles]
  if (
    !named.generated &&
    namespace === metadata['namespace'] &&
    annotations.texts === metadata['annotations'] &&
    labels.texts === metadata['labels']
  ) {
    // Its apiVersion, kind, name and texts were looked at one by one: the document is the object.
    return {
      found: [{ path: [], object: value as unknown as ManifestObject, generated: false }],
      troubles,
    }
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
      ...(annotations.texts === undefined ? {} : { annotations: annotations.texts }),
      ...(labels.texts === undefined ? {} : { labels: labels.texts }),
    },
  }
  return { found: [{ path: [], object, generated: named.generated }], troubles }
}

const below = (path: Path, { found, troubles }: DocumentContents): DocumentContents => ({
  found: found.map(one => ({ ...one, path: [...path, ...one.path] })),
  troubles: troubles.map(one => ({ ...one, path: [...path, ...one.path] })),
})

/** Objects of a document. `name`: of its file, without folders. */
export function objectsOf(value: unknown, name: string): DocumentContents {
  if (value === null || value === undefined) return { found: [], troubles: [] }
  if (!isJsonObject(value))
    return only(
      skipped(
        'not-an-object',
        Array.isArray(value) ? 'a list that is no List of objects' : `nothing but ${show(value)}`,
        nothingToDo,
      ),
    )
  const { apiVersion, kind, items } = value
  const local = localFile(value, name)
  if (local !== undefined) return only(local)
  const isObject = 'metadata' in value || 'spec' in value
  if (!isObject && !Array.isArray(items) && (apiVersion === undefined || kind === undefined))
    return only(unknownDocument(value, name))
  if (typeof apiVersion !== 'string' || apiVersion === '')
    return only(
      broken(
        ['apiVersion'],
        'no-api-version',
        apiVersion === undefined
          ? 'an object without apiVersion'
          : `apiVersion: ${show(apiVersion)}`,
        'a text such as apps/v1',
        'Write the apiVersion.',
      ),
    )
  if (typeof kind !== 'string' || kind === '')
    return only(
      broken(
        ['kind'],
        'no-kind',
        kind === undefined ? 'an object without kind' : `kind: ${show(kind)}`,
        'a text such as Deployment',
        'Write the kind.',
      ),
    )
  if (!kind.endsWith('List') || !Array.isArray(items)) return oneObject(value, apiVersion, kind)
  // Items of a list as the API sends it say neither what they are nor of which version.
  const inherited = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) }
  const each = items.map((item: unknown, index) =>
    below(
      ['items', index],
      isJsonObject(item)
        ? objectsOf({ ...inherited, ...item }, '')
        : only(
            broken([], 'not-an-object', `an item that is ${show(item)}`, 'an object', 'Remove it.'),
          ),
    ),
  )
  return {
    found: each.flatMap(({ found }) => found),
    troubles: each.flatMap(({ troubles }) => troubles),
  }
}
