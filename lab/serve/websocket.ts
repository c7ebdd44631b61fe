// WebSocket frames: those of a server, and those of a client, which are masked.

export const opcode = { binary: 2, close: 8, ping: 9, pong: 10 } as const

/** A whole frame of a server. @source RFC 6455, section 5.2 */
export function frame(code: number, body: Uint8Array): Buffer {
  const { length } = body
  const head = length < 126 ? [0x80 | code, length] : [0x80 | code, 126, length >> 8, length & 0xff]
  if (length < 0x1_0000) return Buffer.concat([Buffer.from(head), body])
  const long = Buffer.alloc(10)
  long.writeUInt8(0x80 | code, 0)
  long.writeUInt8(127, 1)
  long.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([long, body])
}

/** Where the mask of a frame begins, and how long the body is. Undefined: more bytes must come. */
function measures(bytes: Buffer): { from: number; length: number } | undefined {
  if (bytes.length < 2) return undefined
  const short = bytes[1]! & 0x7f
  if (short === 126)
    return bytes.length < 8 ? undefined : { from: 4, length: bytes.readUInt16BE(2) }
  if (short === 127)
    return bytes.length < 14 ? undefined : { from: 10, length: Number(bytes.readBigUInt64BE(2)) }
  return { from: 2, length: short }
}

/** Reads a client's frames and calls `listener` with the code and the body of each whole one. */
export function frames(listener: (code: number, body: Buffer) => void): (chunk: Buffer) => void {
  let received = Buffer.alloc(0)
  return chunk => {
    received = Buffer.concat([received, chunk])
    for (;;) {
      const next = measures(received)
      if (next === undefined) return
      const start = next.from + 4
      const end = start + next.length
      if (received.length < end) return
      const mask = received.subarray(next.from, start)
      const body = received.subarray(start, end).map((byte, index) => byte ^ mask[index % 4]!)
      listener(received[0]! & 0x0f, Buffer.from(body))
      received = received.subarray(end)
    }
  }
}
