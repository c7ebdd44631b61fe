// Random numbers from one seed: the same seed gives the same history, byte for byte.
import type { Random } from '#src/model/runtime.ts'

/** The 32-bit FNV-1a hash of a text. It gives each part of the world a stream of its own. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1)
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return value >>> 0
}

/** A stream of random numbers that depends on its seed and on the number of draws alone. */
export class SeededRandom implements Random {
  #state: number
  readonly #seed: number

  constructor(seed: number) {
    this.#seed = seed >>> 0
    this.#state = this.#seed
  }

  /** A number in [0, 1), from the generator mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }

  /** A number in [from, to). */
  between(from: number, to: number): number {
    return from + (to - from) * this.next()
  }

  /** An integer in [from, to]. */
  integer(from: number, to: number): number {
    return Math.floor(this.between(from, to + 1))
  }

  /** A suffix of a generated name. @source Kubernetes, apimachinery rand.String: its alphabet */
  suffix(length: number): string {
    const alphabet = 'bcdfghjklmnpqrstvwxz2456789'
    return Array.from({ length }, () => alphabet[this.integer(0, alphabet.length - 1)]).join('')
  }

  /** Lower-case hexadecimal digits. */
  hex(length: number): string {
    let text = ''
    for (let drawn = 0; drawn < length; drawn += 1) text += this.integer(0, 15).toString(16)
    return text
  }

  /** A UUID of version 4. */
  uuid(): string {
    const h = this.hex(32)
    const [third, fourth] = [`4${h.slice(13, 16)}`, `a${h.slice(17, 20)}`]
    return [h.slice(0, 8), h.slice(8, 12), third, fourth, h.slice(20)].join('-')
  }

  /** An independent stream, so that a new draw in one part of the world shifts no other part. */
  fork(name: string): SeededRandom {
    return new SeededRandom(this.#seed ^ hash(name))
  }
}
