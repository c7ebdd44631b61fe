// The wire format of protobuf: the bytes of one message as fields with numbers.

/** The bytes are not the message that they should be. */
export class ProtobufError extends Error {}

export interface WireField {
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

/**
 * The fields of one message in the order in which they came. Skips fixed-width numbers, which no
 * message of Kubernetes has. Throws a ProtobufError for bytes that are no message.
 */
export function wireFields(bytes: Buffer): WireField[] {
  const found: WireField[] = []
  for (let at = 0; at < bytes.length;) {
    const [tag, body] = varint(bytes, at)
    const [number, wireType] = [Number(tag >> 3n), Number(tag & 7n)]
    if (wireType === 0) {
      const [value, next] = varint(bytes, body)
      found.push({ number, value })
      at = next
    } else if (wireType === 1 || wireType === 5) {
      at = body + (wireType === 1 ? 8 : 4)
    } else if (wireType === 2) {
      const [length, from] = varint(bytes, body)
      at = from + Number(length)
      if (at > bytes.length) throw new ProtobufError('a field is longer than its message')
      found.push({ number, value: bytes.subarray(from, at) })
    } else {
      throw new ProtobufError(`wire type ${wireType} is not one of proto2 without groups`)
    }
  }
  return found
}

/** The text of a field; empty if the field is missing or a number. */
export const textOf = (field: WireField | undefined): string =>
  Buffer.isBuffer(field?.value) ? field.value.toString() : ''

/** The number of a field; 0 if the field is missing or not a number. */
export const numberOf = (field: WireField | undefined): number =>
  typeof field?.value === 'bigint' ? Number(BigInt.asIntN(64, field.value)) : 0

/** The last field with a number: of several values for one field the last counts. */
export const lastField = (all: readonly WireField[], number: number): WireField | undefined =>
  all.findLast(field => field.number === number)
