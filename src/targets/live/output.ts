// Keeps the end of a stream: programs print the cause of a failure last.

/** Keeps the last `limit` bytes. */
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
    // Drops whole chunks; `text` cuts the one on the edge.
    while (this.#kept - (this.#chunks[0]?.length ?? 0) >= this.#limit) {
      const length = this.#chunks.shift()?.length ?? 0
      this.#kept -= length
      this.#lost += length
    }
  }

  /** The kept text. If something was cut, a first line says how much. */
  text(): string {
    const all = Buffer.concat(this.#chunks)
    const end = all.subarray(Math.max(0, all.length - this.#limit))
    const lost = this.#lost + all.length - end.length
    if (lost === 0) return end.toString('utf8')
    // The cut may split a character: up to three bytes of it remain at the start.
    let start = 0
    while (start < 3 && ((end[start] ?? 0) & 0xc0) === 0x80) start += 1
    const kept = end.subarray(start).toString('utf8')
    return `[cut: the first ${lost + start} bytes are not kept]\n${kept}`
  }
}
