// Creates objects: from the body of a POST to the stored object.
import type { SeededRandom } from '#lab/kernel/random.ts'
import { admitPod } from '#lab/kube/admission/admission.ts'
import { allocateService } from '#lab/kube/admission/allocate.ts'
import { applyDefaults, creationDefaults } from '#lab/kube/admission/defaults.ts'
import { validate } from '#lab/kube/admission/validate.ts'
import type { Kind } from '#lab/kube/api/kinds.ts'
import { builtinKind } from '#lab/kube/api/kinds.ts'
import {
  alreadyExists,
  badRequest,
  detailsOf,
  invalid,
  notFound,
  Refusal,
  resourceOf,
} from '#lab/kube/messages/status.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { asJson, asObject, textAt, within } from '#lab/kube/patch/json.ts'
import type { Server, Writing } from '#lab/kube/server.ts'
import { addressed } from './addressed.ts'
import { countTemplates, selectByUid } from './server-fields.ts'

/**
 * Length of the suffix of a generated name, and how much of its prefix remains. @source Kubernetes
 * v1.35, names.SimpleNameGenerator
 */
const suffixLength = 5
const longestPrefix = 58

/** Metadata that only the server sets. */
const serverMetadata = [
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'selfLink',
]

/** Drops metadata that only the server sets, and generates the name if the request asks for it. */
function prepareMetadata(meta: JsonObject, random: SeededRandom): void {
  if ((textAt(meta, 'resourceVersion') ?? '') !== '')
    throw badRequest('resourceVersion should not be set on objects to be created')
  for (const key of serverMetadata) delete meta[key]
  const prefix = textAt(meta, 'generateName') ?? ''
  if ((textAt(meta, 'name') ?? '') === '' && prefix !== '')
    meta['name'] = prefix.slice(0, longestPrefix) + random.suffix(suffixLength)
}

/** Refuses an object whose namespace does not exist or terminates. */
function checkNamespaceOf(
  server: Server,
  kind: Kind,
  namespace: string | undefined,
  name: string,
): void {
  if (!kind.namespaced || namespace === undefined) return
  const found = server.context.store.get('Namespace', undefined, namespace)
  if (found === undefined) throw notFound(builtinKind('Namespace')!, namespace)
  if (found.metadata.deletionTimestamp === undefined) return
  const message = `namespace ${namespace} is being terminated`
  throw new Refusal(
    403,
    'Forbidden',
    `${resourceOf(kind)} "${name}" is forbidden: unable to create new content in namespace ` +
      `${namespace} because it is being terminated`,
    {
      ...detailsOf(kind, name),
      causes: [{ reason: 'NamespaceTerminating', message, field: 'metadata.namespace' }],
    },
  )
}

/** Fills in what the server adds to an object of this kind, in place. */
function complete(server: Server, kind: Kind, object: JsonObject): void {
  applyDefaults(kind, object)
  creationDefaults(kind, object)
  if (kind.kind === 'Pod') admitPod(server.context, object)
  if (kind.kind === 'Job') selectByUid(server, object)
  if (kind.kind === 'DaemonSet') countTemplates(object, undefined)
}

/** The answer of a dry run: the object with metadata that the store would set. */
function notStored(server: Server, object: JsonObject): JsonObject {
  const metadata = {
    ...within(object, 'metadata'),
    uid: server.dryRandom.uuid(),
    creationTimestamp: server.context.store.timestamp(),
    generation: 1,
  }
  return { ...object, metadata }
}

/**
 * Creates an object with its defaults. 404 without its namespace, 409 if it exists, 422 if it is
 * not valid.
 */
export function createObject(
  server: Server,
  kind: Kind,
  namespace: string | undefined,
  body: JsonObject,
  writing: Writing,
): JsonObject {
  const { store } = server.context
  const random = writing.dryRun ? server.dryRandom : server.random
  const object = addressed(kind, namespace, body)
  prepareMetadata(within(object, 'metadata'), random)
  const name = textAt(object, 'metadata', 'name') ?? ''
  checkNamespaceOf(server, kind, namespace, name)
  complete(server, kind, object)
  const errors = validate(kind, object)
  if (errors.length > 0) throw invalid(kind, name, errors)
  if (store.get(kind.kind, namespace, name) !== undefined) throw alreadyExists(kind, name)
  if (kind.kind === 'Service') {
    const unallocated = allocateService(store, object, undefined, server.network, random)
    if (unallocated.length > 0) throw invalid(kind, name, unallocated)
  }
  return writing.dryRun ? notStored(server, object) : asJson(store.create(asObject(object)))
}
