// Requests in protobuf, which typed clients such as kubectl's prefer to JSON: read into the same
// objects.
import type { Json, JsonObject } from '#lab/kube/patch/json.ts'
import { isObject } from '#lab/kube/patch/json.ts'
import { messageFields, type Field } from '#lab/kube/messages/messages.ts'

/** What such a body begins with. @source Kubernetes v1.35, serializer/protobuf */
const prefix = Buffer.from('k8s\0')

export const protobufType = 'application/vnd.kubernetes.protobuf'

/** A body that is not what it says. */
export class ProtobufError extends Error {}

interface Piece {
  number: number
  /** A number, or the bytes of a text or a message. */
  value: bigint | Buffer
}

function varint(bytes: Buffer, from: number): [value: bigint, next: number] {
  let value = 0n
  for (let at = from, shift = 0n; at < bytes.length && shift < 70n; at += 1, shift += 7n) {
    value |= BigInt(bytes[at]! & 0x7f) << shift
    if (bytes[at]! < 0x80) return [value, at + 1]
  }
  throw new ProtobufError('a number has no end')
}

/** The fields of one message in the order in which they came. */
function pieces(bytes: Buffer): Piece[] {
  const found: Piece[] = []
  for (let at = 0; at < bytes.length;) {
    const [tag, body] = varint(bytes, at)
    const [number, wire] = [Number(tag >> 3n), Number(tag & 7n)]
    if (wire === 0) {
      const [value, next] = varint(bytes, body)
      found.push({ number, value })
      at = next
    } else if (wire === 1 || wire === 5) {
      at = body + (wire === 1 ? 8 : 4)
    } else if (wire === 2) {
      const [length, from] = varint(bytes, body)
      at = from + Number(length)
      if (at > bytes.length) throw new ProtobufError('a field is longer than its message')
      found.push({ number, value: bytes.subarray(from, at) })
    } else {
      throw new ProtobufError(`wire type ${wire} is not one of proto2 without groups`)
    }
  }
  return found
}

const textOf = (piece: Piece | undefined): string =>
  Buffer.isBuffer(piece?.value) ? piece.value.toString() : ''
const numberOf = (piece: Piece | undefined): number =>
  typeof piece?.value === 'bigint' ? Number(BigInt.asIntN(64, piece.value)) : 0
const one = (all: readonly Piece[], number: number): Piece | undefined =>
  all.findLast(piece => piece.number === number)

function timeText(bytes: Buffer, digits: 0 | 6): Json | undefined {
  const parts = pieces(bytes)
  const seconds = numberOf(one(parts, 1))
  // Go's zero time: not set. It is written with no field at all, or with the seconds of year 1.
  if (seconds <= 0) return undefined
  const at = new Date(seconds * 1000 + numberOf(one(parts, 2)) / 1e6).toISOString()
  return digits === 0 ? `${at.slice(0, 19)}Z` : `${at.slice(0, 23)}000Z`
}

/** Types whose JSON is no object of their fields. */
const special: Readonly<Record<string, (bytes: Buffer) => Json | undefined>> = {
  Time: bytes => timeText(bytes, 0),
  MicroTime: bytes => timeText(bytes, 6),
  Quantity: bytes => textOf(one(pieces(bytes), 1)) || undefined,
  IntOrString: bytes => {
    const parts = pieces(bytes)
    return numberOf(one(parts, 1)) === 0 ? numberOf(one(parts, 2)) : textOf(one(parts, 3))
  },
}

/**
 * Fields in which zero and false mean something: pointers on the other side. All others carry their
 * zero always.
 */
const meant = new Set([
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
/** Messages that mean something when they are empty. */
const meantEmpty = new Set([
  'emptyDir',
  'podSelector',
  'namespaceSelector',
  'labelSelector',
  'selector',
  'rollingUpdate',
])

function valueOf(field: Field, piece: Piece): Json | undefined {
  const { value } = piece
  switch (field.type) {
    case 'text':
      return textOf(piece) || undefined
    case 'integer':
      return numberOf(piece) === 0 && !meant.has(field.name) ? undefined : numberOf(piece)
    case 'boolean':
      return numberOf(piece) === 0 ? (meant.has(field.name) ? false : undefined) : true
    case 'bytes':
      return Buffer.isBuffer(value) ? value.toString('base64') : undefined
    default: {
      if (!Buffer.isBuffer(value))
        throw new ProtobufError(`${field.name} is a number and should be a message`)
      const odd = special[field.type]
      if (odd !== undefined) return odd(value)
      const made = message(field.type, value)
      return Object.keys(made).length === 0 && !meantEmpty.has(field.name) && !field.many
        ? undefined
        : made
    }
  }
}

function put(object: JsonObject, field: Field, piece: Piece): void {
  if (field.map) {
    const parts = Buffer.isBuffer(piece.value) ? pieces(piece.value) : []
    const entry = one(parts, 2)
    const held = object[field.name]
    const value =
      entry === undefined ? '' : (valueOf({ ...field, map: false, many: true }, entry) ?? '')
    object[field.name] = { ...(isObject(held) ? held : {}), [textOf(one(parts, 1))]: value }
    return
  }
  const value = field.many && field.type === 'text' ? textOf(piece) : valueOf(field, piece)
  if (value === undefined) return
  if (field.many) {
    const held = object[field.name]
    object[field.name] = [...(Array.isArray(held) ? held : []), value]
  } else if (field.inline && isObject(value)) {
    Object.assign(object, value)
  } else {
    object[field.name] = value
  }
}

/** One message as an object. Fields that are not known are passed over, as protobuf has it. */
function message(type: string, bytes: Buffer): JsonObject {
  const fields = messageFields(type)
  const made: JsonObject = {}
  for (const piece of pieces(bytes)) {
    const field = fields?.get(piece.number)
    if (field !== undefined) put(made, field, piece)
  }
  return made
}

/**
 * Reads a body that begins with Kubernetes' prefix. Undefined for a kind that the server cannot
 * read so: clients may send JSON.
 */
export function readProtobuf(bytes: Buffer): JsonObject | undefined {
  if (!bytes.subarray(0, 4).equals(prefix))
    throw new ProtobufError('it does not begin as protobuf of Kubernetes does')
  const envelope = pieces(bytes.subarray(4))
  const meta = one(envelope, 1)?.value
  const raw = one(envelope, 2)?.value
  if (!Buffer.isBuffer(meta)) throw new ProtobufError('it does not say of what kind it is')
  const types = pieces(meta)
  const [apiVersion, kind] = [textOf(one(types, 1)), textOf(one(types, 2))]
  // Two kinds of events have one name; the newer one's messages bear its group.
  const type = apiVersion.startsWith('events.k8s.io/')
    ? `${kind}@events`
    : messageFields(kind) === undefined
      ? `${kind}@core`
      : kind
  if (messageFields(type) === undefined) return undefined
  return { apiVersion, kind, ...message(type, Buffer.isBuffer(raw) ? raw : Buffer.alloc(0)) }
}
