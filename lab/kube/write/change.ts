// Changes stored objects: from the body of a PUT or the result of a patch to the stored object.
import { isDeepStrictEqual } from 'node:util'
import { copyOf } from '#lab/kernel/data.ts'
import { allocateService } from '#lab/kube/admission/allocate.ts'
import { applyDefaults } from '#lab/kube/admission/defaults.ts'
import { validateUpdate } from '#lab/kube/admission/validate.ts'
import type { Kind } from '#lab/kube/api/kinds.ts'
import type { FieldError } from '#lab/kube/messages/status.ts'
import { badRequest, conflict, field, invalid, modified } from '#lab/kube/messages/status.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { asJson, isObject, objectAt, textAt, textsAt } from '#lab/kube/patch/json.ts'
import type { Part, Server, Writing } from '#lab/kube/server.ts'
import { addressed } from './addressed.ts'
import { mayGo } from './delete.ts'
import { countsTemplates, countTemplates } from './server-fields.ts'

/** Metadata that only the server sets: it ignores them in a request. */
const serverMetadata = [
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'selfLink',
]

/**
 * Changes a stored object into the object of a request. 409 if the request names another
 * resourceVersion or uid than the stored one, 422 if the change is not valid. Removes the object
 * if it was only waiting for its last finalizer.
 */
export function changeObject(
  server: Server,
  kind: Kind,
  current: JsonObject,
  body: JsonObject,
  part: Part,
  writing: Writing,
): JsonObject {
  const name = textAt(current, 'metadata', 'name') ?? ''
  const namespace = textAt(current, 'metadata', 'namespace')
  const asked = addressed(kind, namespace, body)
  checkIdentity(kind, current, asked, name)
  const next = withPart(kind, current, asked, part)
  if (part === 'main') admitChange(server, kind, next, current, writing)
  if (writing.dryRun) return next
  const { store } = server.context
  const stored = store.update(kind.kind, namespace, name, draft => {
    for (const key of Object.keys(draft)) Reflect.deleteProperty(draft, key)
    Object.assign(draft, copyOf(next))
  })
  const made = asJson(stored!)
  if (mayGo(made)) store.remove(kind.kind, namespace, name)
  return made
}

function checkIdentity(kind: Kind, current: JsonObject, asked: JsonObject, name: string): void {
  const askedName = textAt(asked, 'metadata', 'name') ?? name
  if (askedName !== name)
    throw badRequest(
      `the name of the object (${askedName}) does not match the name on the URL (${name})`,
    )
  const askedUid = textAt(asked, 'metadata', 'uid') ?? ''
  const uid = textAt(current, 'metadata', 'uid') ?? ''
  if (askedUid !== '' && askedUid !== uid)
    throw conflict(
      kind,
      name,
      `Precondition failed: UID in precondition: ${askedUid}, UID in object meta: ${uid}`,
    )
  const version = textAt(asked, 'metadata', 'resourceVersion') ?? ''
  if (version !== '' && version !== textAt(current, 'metadata', 'resourceVersion'))
    throw modified(kind, name)
}

/** The metadata of a request with the server's own members as they are stored. */
function metadataOf(current: JsonObject, asked: JsonObject): JsonObject {
  const stored = objectAt(current, 'metadata')
  const meta: JsonObject = {
    ...objectAt(asked, 'metadata'),
    name: stored['name']!,
    resourceVersion: stored['resourceVersion']!,
  }
  for (const key of serverMetadata) {
    if (stored[key] === undefined) delete meta[key]
    else meta[key] = stored[key]
  }
  if (Array.isArray(meta['finalizers']) && meta['finalizers'].length === 0)
    delete meta['finalizers']
  return meta
}

/** Takes `status` from another object, in place; removes it if that object has none. */
function takeStatus(object: JsonObject, from: JsonObject): void {
  if (from['status'] === undefined) delete object['status']
  else object['status'] = from['status']
}

/** The stored object with the part of the request that its path writes. */
function withPart(kind: Kind, current: JsonObject, asked: JsonObject, part: Part): JsonObject {
  const meta = metadataOf(current, asked)
  if (part === 'main') {
    const next: JsonObject = { ...asked, metadata: meta }
    if (kind.status) takeStatus(next, current)
    return next
  }
  const writable = pick(meta, ['labels', 'annotations', 'managedFields'])
  const next: JsonObject = {
    ...current,
    metadata: { ...objectAt(current, 'metadata'), ...writable },
  }
  takeStatus(next, asked)
  return copyOf(next)
}

const pick = (object: JsonObject, keys: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => keys.includes(key)))

/** Completes the changed object in place, as the server does, and refuses an invalid change. */
function admitChange(
  server: Server,
  kind: Kind,
  next: JsonObject,
  current: JsonObject,
  writing: Writing,
): void {
  const name = textAt(current, 'metadata', 'name') ?? ''
  const before = copyOf(current)
  applyDefaults(kind, before)
  applyDefaults(kind, next)
  if (kind.kind === 'Service') {
    const random = writing.dryRun ? server.dryRandom : server.random
    const errors = allocateService(server.context.store, next, before, server.network, random)
    if (errors.length > 0) throw invalid(kind, name, errors)
  }
  if (kind.kind === 'DaemonSet' && countsTemplates(before)) countTemplates(next, before)
  const errors = [...newFinalizers(current, next), ...validateUpdate(kind, next, before)]
  if (errors.length > 0) throw invalid(kind, name, errors)
  dropNewDefaults(objectAt(next, 'spec'), objectAt(before, 'spec'), objectAt(current, 'spec'))
}

function newFinalizers(current: JsonObject, next: JsonObject): FieldError[] {
  if (textAt(current, 'metadata', 'deletionTimestamp') === undefined) return []
  const old = textsAt(current, 'metadata', 'finalizers')
  const added = textsAt(next, 'metadata', 'finalizers').filter(name => !old.includes(name))
  if (added.length === 0) return []
  const names = added.map(name => `"${name}"`).join(', ')
  return [
    field.forbidden(
      'metadata.finalizers',
      'no new finalizers can be added if the object is being deleted, found new finalizers ' +
        `[]string{${names}}`,
    ),
  ]
}

/**
 * Drops defaults that the stored object does not have, in place. Objects that a world stored
 * without defaults stay without: a default alone must not raise the generation or roll out a
 * template.
 */
function dropNewDefaults(next: JsonObject, defaulted: JsonObject, current: JsonObject): void {
  for (const key of Object.keys(next)) {
    const value = next[key]
    if (isDeepStrictEqual(value, defaulted[key])) {
      if (current[key] === undefined) delete next[key]
      else next[key] = current[key]
    } else if (isObject(value) && isObject(defaulted[key]) && isObject(current[key])) {
      dropNewDefaults(value, defaulted[key], current[key])
    }
  }
}
