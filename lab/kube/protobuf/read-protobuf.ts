// Reads requests in protobuf, which typed clients such as kubectl prefer, into the objects that
// JSON would give.
import type { Json, JsonObject } from '#lab/kube/patch/json.ts'
import { isObject } from '#lab/kube/patch/json.ts'
import { messageFields, type Field } from './message-fields.ts'
import { lastField, numberOf, ProtobufError, textOf, wireFields, type WireField } from './wire.ts'

/** The first bytes of each body. @source Kubernetes v1.35, serializer/protobuf */
const prefix = Buffer.from('k8s\0')

/** The media type of such bodies. */
export const protobufType = 'application/vnd.kubernetes.protobuf'

function timeText(bytes: Buffer, digits: 0 | 6): Json | undefined {
  const parts = wireFields(bytes)
  const seconds = numberOf(lastField(parts, 1))
  // Go's zero time means “not set”. Go writes it without fields, or with the seconds of year 1.
  if (seconds <= 0) return undefined
  const at = new Date(seconds * 1000 + numberOf(lastField(parts, 2)) / 1e6).toISOString()
  return digits === 0 ? `${at.slice(0, 19)}Z` : `${at.slice(0, 23)}000Z`
}

/** Messages that JSON writes as a plain value. */
const plainValues: Readonly<Record<string, (bytes: Buffer) => Json | undefined>> = {
  Time: bytes => timeText(bytes, 0),
  MicroTime: bytes => timeText(bytes, 6),
  Quantity: bytes => textOf(lastField(wireFields(bytes), 1)) || undefined,
  IntOrString: bytes => {
    const parts = wireFields(bytes)
    const isNumber = numberOf(lastField(parts, 1)) === 0
    return isNumber ? numberOf(lastField(parts, 2)) : textOf(lastField(parts, 3))
  },
}

/**
 * Fields in which zero and false differ from a missing value, because Go has a pointer there. Go
 * writes all other fields even if they are zero, so zero means “not set” in them.
 */
const pointers = new Set([
  'replicas',
  'completions',
  'parallelism',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'gracePeriodSeconds',
  'terminationGracePeriodSeconds',
  'activeDeadlineSeconds',
  'runAsUser',
  'runAsGroup',
  'fsGroup',
  'revisionHistoryLimit',
  'partition',
  'tolerationSeconds',
  'successfulJobsHistoryLimit',
  'failedJobsHistoryLimit',
  'automountServiceAccountToken',
  'enableServiceLinks',
  'runAsNonRoot',
  'allowPrivilegeEscalation',
  'readOnlyRootFilesystem',
  'orphanDependents',
  'suspend',
  'immutable',
  'optional',
  'controller',
  'blockOwnerDeletion',
  'allowVolumeExpansion',
  'ready',
  'serving',
  'terminating',
])

/** Fields in which an empty message differs from a missing one. */
const emptyMessages = new Set([
  'emptyDir',
  'podSelector',
  'namespaceSelector',
  'labelSelector',
  'selector',
  'rollingUpdate',
])

function integerOf(field: Field, wire: WireField): number | undefined {
  const value = numberOf(wire)
  return value === 0 && !pointers.has(field.name) ? undefined : value
}

function booleanOf(field: Field, wire: WireField): boolean | undefined {
  if (numberOf(wire) !== 0) return true
  return pointers.has(field.name) ? false : undefined
}

function messageValue(field: Field, wire: WireField): Json | undefined {
  if (!Buffer.isBuffer(wire.value))
    throw new ProtobufError(`${field.name} is a number and should be a message`)
  const plain = plainValues[field.type]
  if (plain !== undefined) return plain(wire.value)
  const message = messageOf(field.type, wire.value)
  const isSet = Object.keys(message).length > 0 || emptyMessages.has(field.name) || field.many
  return isSet ? message : undefined
}

/** The JSON value of one field, or undefined if JSON would leave the field out. */
function valueOf(field: Field, wire: WireField): Json | undefined {
  switch (field.type) {
    case 'text':
      return textOf(wire) || undefined
    case 'integer':
      return integerOf(field, wire)
    case 'boolean':
      return booleanOf(field, wire)
    case 'bytes':
      return Buffer.isBuffer(wire.value) ? wire.value.toString('base64') : undefined
    default:
      return messageValue(field, wire)
  }
}

/** Adds one entry to the map of a field. */
function putEntry(object: JsonObject, field: Field, wire: WireField): void {
  const parts = Buffer.isBuffer(wire.value) ? wireFields(wire.value) : []
  const entry = lastField(parts, 2)
  const value =
    entry === undefined ? '' : (valueOf({ ...field, map: false, many: true }, entry) ?? '')
  const map = object[field.name]
  const entries = isObject(map) ? map : {}
  object[field.name] = { ...entries, [textOf(lastField(parts, 1))]: value }
}

function put(object: JsonObject, field: Field, wire: WireField): void {
  if (field.map) {
    putEntry(object, field, wire)
    return
  }
  const value = field.many && field.type === 'text' ? textOf(wire) : valueOf(field, wire)
  if (value === undefined) return
  if (field.many) {
    const list = object[field.name]
    object[field.name] = [...(Array.isArray(list) ? list : []), value]
  } else if (field.inline && isObject(value)) {
    Object.assign(object, value)
  } else {
    object[field.name] = value
  }
}

/** One message as an object. Skips unknown fields, as protobuf requires. */
function messageOf(type: string, bytes: Buffer): JsonObject {
  const fields = messageFields(type)
  const object: JsonObject = {}
  for (const wire of wireFields(bytes)) {
    const field = fields?.get(wire.number)
    if (field !== undefined) put(object, field, wire)
  }
  return object
}

/** The message of a kind. Two kinds of events share a name, so their messages carry the group. */
function messageName(apiVersion: string, kind: string): string {
  if (apiVersion.startsWith('events.k8s.io/')) return `${kind}@events`
  return messageFields(kind) === undefined ? `${kind}@core` : kind
}

/**
 * Reads a body that begins with Kubernetes' prefix. Undefined for a kind whose messages the lab
 * does not know: the client may send JSON instead. Throws a ProtobufError for any other bytes.
 */
export function readProtobuf(bytes: Buffer): JsonObject | undefined {
  if (!bytes.subarray(0, 4).equals(prefix))
    throw new ProtobufError('it does not begin with the prefix of Kubernetes')
  const envelope = wireFields(bytes.subarray(4))
  const meta = lastField(envelope, 1)?.value
  const raw = lastField(envelope, 2)?.value
  if (!Buffer.isBuffer(meta)) throw new ProtobufError('it does not name its kind')
  const types = wireFields(meta)
  const [apiVersion, kind] = [textOf(lastField(types, 1)), textOf(lastField(types, 2))]
  const name = messageName(apiVersion, kind)
  if (messageFields(name) === undefined) return undefined
  return { apiVersion, kind, ...messageOf(name, Buffer.isBuffer(raw) ? raw : Buffer.alloc(0)) }
}
