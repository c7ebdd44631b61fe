// Create and change: from the request's object to the stored one.
import { copyOf } from '#lab/kernel/data.ts'
import { isDeepStrictEqual } from 'node:util'
import { admitPod, uidOf } from './admission/admission.ts'
import { allocateService } from './admission/allocate.ts'
import { applyDefaults, creationDefaults } from './admission/defaults.ts'
import { mayGo } from './delete.ts'
import type { JsonObject } from './patch/json.ts'
import {
  asJson,
  asObject,
  at,
  isObject,
  objectAt,
  textAt,
  textsAt,
  within,
  withoutNulls,
} from './patch/json.ts'
import type { Kind } from './api/kinds.ts'
import { apiVersionOf, builtinKind } from './api/kinds.ts'
import type { Server, Writing } from './server.ts'
import {
  alreadyExists,
  badRequest,
  conflict,
  field,
  invalid,
  modified,
  notFound,
  Refusal,
  resourceOf,
} from './messages/status.ts'
import { validate, validateUpdate } from './admission/validate.ts'

/**
 * Letters that generated names end with, and how much of the prefix is kept. @source Kubernetes
 * v1.35, names.SimpleNameGenerator
 */
const suffixLength = 5
const longestPrefix = 58

/** Checks kind and version of a request's object and puts in what the path says. Returns a copy. */
function addressed(kind: Kind, namespace: string | undefined, body: JsonObject): JsonObject {
  const given = withoutNulls(copyOf(body)) as JsonObject
  const made: JsonObject = {
    kind: kind.kind,
    apiVersion: apiVersionOf(kind),
    metadata: {},
    ...given,
  }
  const wanted = apiVersionOf(kind)
  const said = textAt(made, 'apiVersion') ?? wanted
  if (said !== wanted)
    throw badRequest(
      `the API version in the data (${said}) does not match the expected API version (${wanted})`,
    )
  const saidKind = textAt(made, 'kind') ?? kind.kind
  if (saidKind !== kind.kind)
    throw badRequest(
      `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: no kind "${saidKind}" is registered for version "${wanted}"`,
    )
  made['apiVersion'] = wanted
  made['kind'] = kind.kind
  const meta = within(made, 'metadata')
  const saidNamespace = textAt(meta, 'namespace')
  if (
    kind.namespaced &&
    saidNamespace !== undefined &&
    saidNamespace !== '' &&
    saidNamespace !== namespace
  ) {
    throw badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    )
  }
  if (kind.namespaced && namespace !== undefined) meta['namespace'] = namespace
  else delete meta['namespace']
  return made
}

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
  throw new Refusal(
    403,
    'Forbidden',
    `${resourceOf(kind)} "${name}" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`,
    {
      name,
      ...(kind.group === '' ? {} : { group: kind.group }),
      kind: kind.plural,
      causes: [
        {
          reason: 'NamespaceTerminating',
          message: `namespace ${namespace} is being terminated`,
          field: 'metadata.namespace',
        },
      ],
    },
  )
}

/**
 * Creates an object with its defaults. 404 without its namespace, 409 when it exists, 422 when it
 * is not valid.
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
  const meta = within(object, 'metadata')
  if (textAt(meta, 'resourceVersion') !== undefined && textAt(meta, 'resourceVersion') !== '')
    throw badRequest('resourceVersion should not be set on objects to be created')
  for (const key of [
    'uid',
    'resourceVersion',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'generation',
    'selfLink',
  ])
    delete meta[key]
  const prefix = textAt(meta, 'generateName')
  if ((textAt(meta, 'name') ?? '') === '' && prefix !== undefined && prefix !== '')
    meta['name'] = prefix.slice(0, longestPrefix) + random.suffix(suffixLength)
  const name = textAt(meta, 'name') ?? ''
  checkNamespaceOf(server, kind, namespace, name)
  applyDefaults(kind, object)
  creationDefaults(kind, object)
  if (kind.kind === 'Pod') admitPod(server.context, object)
  if (kind.kind === 'Job') selectOwn(server, object)
  if (kind.kind === 'DaemonSet') countTemplates(object, undefined)
  const errors = validate(kind, object)
  if (errors.length > 0) throw invalid(kind, name, errors)
  if (store.get(kind.kind, namespace, name) !== undefined) throw alreadyExists(kind, name)
  if (kind.kind === 'Service') {
    const unallocated = allocateService(store, object, undefined, server.network, random)
    if (unallocated.length > 0) throw invalid(kind, name, unallocated)
  }
  if (writing.dryRun)
    return {
      ...object,
      metadata: {
        ...meta,
        uid: random.uuid(),
        creationTimestamp: store.timestamp(),
        generation: 1,
      },
    }
  return asJson(store.create(asObject(object)))
}

/**
 * A Job selects its pods by its own uid. @source Kubernetes v1.35, Job strategy: generateSelector
 */
function selectOwn(server: Server, job: JsonObject): void {
  const spec = within(job, 'spec')
  if (spec['manualSelector'] === true) return
  const name = textAt(job, 'metadata', 'name') ?? ''
  const uid = uidOf(server.context)
  within(job, 'metadata')['uid'] = uid
  const labels = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  }
  spec['selector'] = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } }
  const meta = within(within(spec, 'template'), 'metadata')
  meta['labels'] = { ...objectAt(meta, 'labels'), ...labels }
  const own = within(job, 'metadata')
  own['labels'] = { ...objectAt(meta, 'labels'), ...objectAt(own, 'labels') }
}

const templates = 'deprecated.daemonset.template.generation'

/**
 * A DaemonSet counts its templates in an annotation. @source Kubernetes v1.35, apps/v1 DaemonSet:
 * templateGeneration
 */
function countTemplates(set: JsonObject, before: JsonObject | undefined): void {
  const had = Number(textAt(before, 'metadata', 'annotations', templates) ?? 0)
  const same =
    before !== undefined &&
    isDeepStrictEqual(at(set, 'spec', 'template'), at(before, 'spec', 'template'))
  const meta = within(set, 'metadata')
  meta['annotations'] = {
    ...objectAt(meta, 'annotations'),
    [templates]: String(same ? had : had + 1),
  }
}

/** What only the server sets; what a request says about it is passed over. */
const serverFields = [
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'selfLink',
]

/** Which part of an object a path writes. */
export type Part = 'main' | 'status'

/**
 * Changes a stored object into what the request says. 409 when the request's resourceVersion or uid
 * is not the stored
 * one, 422 when the change is not valid. An object that was waiting for its last finalizer goes.
 */
export function changeObject(
  server: Server,
  kind: Kind,
  current: JsonObject,
  body: JsonObject,
  part: Part,
  writing: Writing,
): JsonObject {
  const { store } = server.context
  const name = textAt(current, 'metadata', 'name') ?? ''
  const namespace = textAt(current, 'metadata', 'namespace')
  const asked = addressed(kind, namespace, body)
  checkIdentity(kind, current, asked, name)
  const next = ofPart(kind, current, asked, part)
  const before = copyOf(current)
  applyDefaults(kind, before)
  if (part === 'main') {
    applyDefaults(kind, next)
    if (kind.kind === 'Service') {
      const errors = allocateService(
        store,
        next,
        before,
        server.network,
        writing.dryRun ? server.dryRandom : server.random,
      )
      if (errors.length > 0) throw invalid(kind, name, errors)
    }
    if (
      kind.kind === 'DaemonSet' &&
      textAt(before, 'metadata', 'annotations', templates) !== undefined
    )
      countTemplates(next, before)
    const errors = [...newFinalizers(current, next), ...validateUpdate(kind, next, before)]
    if (errors.length > 0) throw invalid(kind, name, errors)
    asBefore(objectAt(next, 'spec'), objectAt(before, 'spec'), objectAt(current, 'spec'))
  }
  if (writing.dryRun) return next
  const stored = store.update(kind.kind, namespace, name, draft => {
    for (const key of Object.keys(draft)) Reflect.deleteProperty(draft, key)
    Object.assign(draft, copyOf(next))
  })
  const made = asJson(stored!)
  if (mayGo(made)) store.remove(kind.kind, namespace, name)
  return made
}

function checkIdentity(kind: Kind, current: JsonObject, asked: JsonObject, name: string): void {
  const saidName = textAt(asked, 'metadata', 'name') ?? name
  if (saidName !== name)
    throw badRequest(
      `the name of the object (${saidName}) does not match the name on the URL (${name})`,
    )
  const uid = textAt(asked, 'metadata', 'uid') ?? ''
  const hasUid = textAt(current, 'metadata', 'uid') ?? ''
  if (uid !== '' && uid !== hasUid)
    throw conflict(
      kind,
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${hasUid}`,
    )
  const version = textAt(asked, 'metadata', 'resourceVersion') ?? ''
  if (version !== '' && version !== textAt(current, 'metadata', 'resourceVersion'))
    throw modified(kind, name)
}

/** The stored object with the part replaced that the path writes. */
function ofPart(kind: Kind, current: JsonObject, asked: JsonObject, part: Part): JsonObject {
  const had = objectAt(current, 'metadata')
  const wanted = objectAt(asked, 'metadata')
  const meta: JsonObject = {
    ...wanted,
    name: had['name']!,
    resourceVersion: had['resourceVersion']!,
  }
  for (const key of serverFields) {
    if (had[key] === undefined) delete meta[key]
    else meta[key] = had[key]
  }
  if (Array.isArray(meta['finalizers']) && meta['finalizers'].length === 0)
    delete meta['finalizers']
  if (part === 'main') {
    const next: JsonObject = { ...asked, metadata: meta }
    if (!kind.status) return next
    if (current['status'] === undefined) delete next['status']
    else next['status'] = current['status']
    return next
  }
  const next: JsonObject = {
    ...current,
    metadata: { ...had, ...pick(meta, ['labels', 'annotations', 'managedFields']) },
  }
  if (asked['status'] === undefined) delete next['status']
  else next['status'] = asked['status']
  return copyOf(next)
}

const pick = (object: JsonObject, keys: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => keys.includes(key)))

function newFinalizers(current: JsonObject, next: JsonObject) {
  if (textAt(current, 'metadata', 'deletionTimestamp') === undefined) return []
  const had = textsAt(current, 'metadata', 'finalizers')
  const added = textsAt(next, 'metadata', 'finalizers').filter(name => !had.includes(name))
  if (added.length === 0) return []
  return [
    field.forbidden(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map(name => `"${name}"`).join(', ')}}`,
    ),
  ]
}

/**
 * Objects that came into the store without defaults keep doing without: a default is no change, and
 * must not raise the
 * generation or roll out a template.
 */
function asBefore(next: JsonObject, defaulted: JsonObject, current: JsonObject): void {
  for (const key of Object.keys(next)) {
    const value = next[key]
    if (isDeepStrictEqual(value, defaulted[key])) {
      if (current[key] === undefined) delete next[key]
      else next[key] = current[key]
    } else if (isObject(value) && isObject(defaulted[key]) && isObject(current[key])) {
      asBefore(value, defaulted[key], current[key])
    }
  }
}
