// The bounded memory of a stream: its end is kept, since that is where programs say what went
// wrong.

/** Keeps at most `limit` bytes, the last ones. */
export class Tail {
  readonly #limit: number
  #chunks: Buffer[] = []
  #kept = 0
  #lost = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#kept += chunk.length
    // Whole chunks first; the one on the edge is cut when it is read.
    while (this.#kept - (this.#chunks[0]?.length ?? 0) >= this.#limit) {
      const length = this.#chunks.shift()?.length ?? 0
      this.#kept -= length
      this.#lost += length
    }
  }

  /** What is kept, as text; when something was cut, a first line says how much. */
  text(): string {
    const all = Buffer.concat(this.#chunks)
    const end = all.subarray(Math.max(0, all.length - this.#limit))
    const lost = this.#lost + all.length - end.length
    if (lost === 0) return end.toString('utf8')
    // A character that the cut went through has its rest at the beginning: up to three bytes.
    let start = 0
    while (start < 3 && ((end[start] ?? 0) & 0xc0) === 0x80) start += 1
    return `[cut: the first ${lost + start} bytes are not kept]\n${end.subarray(start).toString('utf8')}`
  }
}
