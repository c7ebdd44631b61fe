// A set of manifests as a snapshot: what the API would list after the deploy.
import { nameOnly } from '#src/kubernetes/questions/lists.ts'
import { entriesOf } from '#src/kubernetes/questions/secrets.ts'
import type {
  Answer,
  Manifest,
  ManifestObject,
  Policy,
  Question,
  Snapshot,
} from '#src/model/index.ts'
import { withoutUndefined } from '#src/model/json.ts'
import { inItsNamespace, namespaceOf } from './namespaces.ts'
import { declared } from './kinds.ts'

/** Why all other questions have no answer. */
export const notAsked = 'not asked before a deploy'

/** The key of a list question for all namespaces, or for one. */
const listKey = /^kubernetes\.([a-z]+)(?:\.in\.(.+))?$/

/** The policy with the namespaces of a set added to its own. */
export function withNamespacesOf(
  policy: Policy,
  manifests: readonly Manifest[],
  fallback: string,
): Policy {
  const used = new Set(policy.namespaces)
  for (const { object } of manifests) {
    const namespace =
      namespaceOf(object, fallback) ??
      (object.kind === 'Namespace' ? object.metadata.name : undefined)
    if (namespace !== undefined) used.add(namespace)
  }
  return { ...policy, namespaces: [...used] }
}

/** A Secret with the names and kinds of its entries and without values, as in a live snapshot. */
function withoutValues(secret: ManifestObject): ManifestObject {
  const entries = entriesOf(secret)
  const written: unknown = Reflect.get(secret, 'stringData')
  const [type, keys] = [
    Reflect.get(secret, 'type') as unknown,
    typeof written === 'object' && written !== null ? Object.keys(written) : [],
  ]
  return {
    ...nameOnly(secret),
    ...withoutUndefined({ type }),
    entries,
    // The line of an entry shows which of the two maps contains it.
    stringData: Object.fromEntries(keys.map(key => [key, entries[key]])),
  } as ManifestObject
}

/** Objects by kind, ordered by namespace and name, so that the order of files does not matter. */
function byKind(
  manifests: readonly Manifest[],
  fallback: string,
): ReadonlyMap<string, readonly ManifestObject[]> {
  const kinds = new Map<string, ManifestObject[]>()
  for (const { object } of manifests) {
    const list = kinds.get(object.kind) ?? []
    const placed = inItsNamespace(object, fallback)
    list.push(object.kind === 'Secret' ? withoutValues(placed) : placed)
    kinds.set(object.kind, list)
  }
  return new Map([...kinds].map(([kind, list]) => [kind, inOrder(list)]))
}

/** By namespace and name. */
function inOrder(objects: readonly ManifestObject[]): readonly ManifestObject[] {
  const named = objects.map(object => ({
    object,
    name: `${object.metadata.namespace ?? ''}/${object.metadata.name}`,
  }))
  return named
    .toSorted((a, b) => Number(a.name > b.name) - Number(a.name < b.name))
    .map(({ object }) => object)
}

export interface SnapshotOptions {
  cluster: string
  /** The namespace of objects that name none. */
  namespace: string
  /** ms since the epoch: the time of all answers. */
  now: number
}

/**
 * Answers the questions of invariants from a set. The objects of the set answer list questions of
 * declared kinds. The answers to all other questions are absent, and their verdicts do not apply.
 */
export function snapshotOf(
  manifests: readonly Manifest[],
  questions: readonly Question<unknown>[],
  { cluster, namespace, now }: SnapshotOptions,
): Snapshot {
  const kinds = byKind(manifests, namespace)
  const answerTo = (question: Question<unknown>): Answer<unknown> => {
    const asked = { description: question.description, origin: 'manifests', at: now, tookMs: 0 }
    const [, plural = '', within] = listKey.exec(question.key) ?? []
    const kind = declared[plural]?.kind
    if (kind === undefined) return { ...asked, kind: 'absent', why: notAsked }
    return {
      ...asked,
      kind: 'known',
      value: (kinds.get(kind) ?? []).filter(
        ({ metadata }) => within === undefined || metadata.namespace === within,
      ),
    }
  }
  return {
    version: 1,
    cluster,
    target: { kind: 'live', description: 'manifests, before a deploy: no cluster was asked' },
    startedAt: now,
    endedAt: now,
    answers: Object.fromEntries(questions.map(question => [question.key, answerTo(question)])),
  }
}
