// The wire format of protobuf: the bytes of one message as fields with numbers.

/** The bytes are not the message that they should be. */
export class ProtobufError extends Error {}

export interface WireField {
  number: number
  /** A number, or the bytes of a text or a message. */
  value: number | Buffer
}

/**
 * A number of up to 64 bits with a sign, in groups of 7 bits, lowest first. Two halves of 32 bits
 * are several times faster than a bigint.
 */
function varint(bytes: Buffer, from: number): [value: number, next: number] {
  let [low, high] = [0, 0]
  for (let at = from, shift = 0; at < bytes.length && shift < 70; at += 1, shift += 7) {
    const group = bytes[at]! & 0x7f
    if (shift < 32) low |= group << shift
    if (shift === 28) high |= group >> 4
    if (shift > 28 && shift < 64) high |= group << (shift - 32)
    if (bytes[at]! < 0x80) return [high * 2 ** 32 + (low >>> 0), at + 1]
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
    const [number, wireType] = [Math.trunc(tag / 8), tag & 7]
    if (wireType === 0) {
      const [value, next] = varint(bytes, body)
      found.push({ number, value })
      at = next
    } else if (wireType === 1 || wireType === 5) {
      at = body + (wireType === 1 ? 8 : 4)
    } else if (wireType === 2) {
      const [length, from] = varint(bytes, body)
      at = from + length
      if (length < 0 || at > bytes.length)
        throw new ProtobufError('a field is longer than its message')
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
  typeof field?.value === 'number' ? field.value : 0

/** The last field with a number: of several values for one field the last counts. */
export const lastField = (all: readonly WireField[], number: number): WireField | undefined =>
  all.findLast(field => field.number === number)
