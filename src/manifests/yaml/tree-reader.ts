// Reads the nodes of a parsed document: anchors, tags, merge keys and scalars.
import type { Alias, Pair, ParsedNode, Scalar, YAMLMap, YAMLSeq } from 'yaml'
import { maxDepth } from './cursor.ts'
import type { Position, Positions } from './positions.ts'
import { endOfScalar } from './parse.ts'
import { isNoNumber, plainValue } from './scalar.ts'
import { yaml } from './yaml.ts'
import {
  badKey,
  duplicateKey,
  tooManyAliases,
  notANumber,
  selfReference,
  tooDeep,
  unknownAlias,
  unknownTag,
  type YamlFault,
} from './yaml-faults.ts'

/** A value with its offsets. `size`: the number of values in it with all aliases expanded. */
interface TreeValue {
  value: unknown
  from: number
  to: number
  size: number
}

/** Ends the reading of a document whose remainder cannot be judged. */
export class UnreadableError extends Error {
  readonly fault: YamlFault
  constructor(fault: YamlFault) {
    super(fault.seen)
    this.fault = fault
  }
}

/**
 * Values of one document with all aliases expanded. @source the alias bombs of CVE-2019-11253 have
 * billions, the largest published manifests 50,000
 */
const maxExpandedValues = 500_000

const core = 'tag:yaml.org,2002:'
/** Tags that change nothing, or that kubectl ignores. */
const silentTags = new Set([
  '!',
  ...['map', 'seq', 'str', 'int', 'float', 'bool', 'null', 'timestamp', 'binary', 'merge'].map(
    name => `${core}${name}`,
  ),
])

export class TreeReader {
  readonly faults: YamlFault[] = []
  readonly text: string
  readonly base: number
  readonly positions: Positions
  private readonly anchors = new Map<string, TreeValue | 'open'>()
  private depth = 0
  private expanded = 0

  constructor(text: string, base: number, positions: Positions) {
    this.text = text
    this.base = base
    this.positions = positions
  }

  /** Any node. */
  read(node: ParsedNode): TreeValue {
    this.expanded += 1
    if (this.expanded > maxExpandedValues)
      throw new UnreadableError(tooManyAliases(this.base + node.range[0]))
    if (yaml().isAlias(node)) return this.alias(node)
    const { anchor } = node as { anchor?: string }
    if (anchor !== undefined) this.anchors.set(anchor, 'open')
    this.tag(node)
    const read = this.whole(node)
    if (anchor !== undefined) this.anchors.set(anchor, read)
    return read
  }

  private whole(node: ParsedNode): TreeValue {
    if (yaml().isScalar(node)) return this.scalar(node)
    if (yaml().isAlias(node)) return this.alias(node)
    this.depth += 1
    if (this.depth > maxDepth) throw new UnreadableError(tooDeep(this.base + node.range[0]))
    const read = yaml().isMap(node) ? this.map(node) : this.list(node)
    this.depth -= 1
    return read
  }

  private tag(node: ParsedNode): void {
    const { tag } = node
    if (tag !== undefined && !silentTags.has(tag))
      this.faults.push(
        unknownTag(tag.replace(core, '!!'), this.base + node.range[0], this.base + node.range[1]),
      )
  }

  private alias(node: Alias.Parsed): TreeValue {
    const [from, to] = [this.base + node.range[0], this.base + node.range[1]]
    const read = this.anchors.get(node.source)
    if (read === undefined) throw new UnreadableError(unknownAlias(node.source, from, to))
    if (read === 'open') throw new UnreadableError(selfReference(node.source, from, to))
    this.expanded += read.size
    if (this.expanded > maxExpandedValues) throw new UnreadableError(tooManyAliases(from))
    return read
  }

  private scalar(node: Scalar.Parsed): TreeValue {
    const from = this.base + node.range[0]
    const to = endOfScalar(node, this.text, this.base)
    return { value: this.valueOf(node, from, to), from, to, size: 1 }
  }

  private valueOf(node: Scalar.Parsed, from: number, to: number): unknown {
    const text = typeof node.value === 'string' ? node.value : node.source
    const { tag } = node
    if (tag === `${core}binary`) return Buffer.from(text, 'base64').toString('utf8')
    const forced =
      tag !== undefined &&
      tag.startsWith(core) &&
      tag !== `${core}str` &&
      tag !== `${core}timestamp`
    if (!forced && (node.type !== 'PLAIN' || tag === `${core}str` || tag === '!')) return text
    if (isNoNumber(text)) this.faults.push(notANumber(text, from, to))
    return plainValue(text)
  }

  private list(node: YAMLSeq.Parsed): TreeValue {
    const value: unknown[] = []
    const places = new Map<string | number, Position>()
    this.positions.set(value, places)
    let [from, to, size] = [this.base + node.range[0], this.base + node.range[0], 1]
    for (const [index, item] of node.items.entries()) {
      const read = this.read(item)
      if (index === 0 && node.flow !== true)
        from = yaml().isAlias(item) ? this.base + item.range[0] : read.from
      value.push(read.value)
      places.set(index, { key: undefined, from: read.from, to: read.to })
      to = yaml().isAlias(item) ? this.base + item.range[1] : read.to
      size += read.size
    }
    return {
      value,
      ...(node.flow === true
        ? { from: this.base + node.range[0], to: this.base + node.range[1] }
        : { from: this.dashOf(node, from), to }),
      size,
    }
  }

  /** A list begins at its first dash, which the parsed element does not include. */
  private dashOf(node: YAMLSeq.Parsed, item: number): number {
    const start = this.base + node.range[0]
    return this.text[start] === '-' ? start : item
  }

  private map(node: YAMLMap.Parsed): TreeValue {
    const value: Record<string, unknown> = {}
    const places = new Map<string | number, Position>()
    this.positions.set(value, places)
    const written = new Set<string>()
    let [from, to, size] = [this.base + node.range[0], this.base + node.range[0], 1]
    for (const [index, pair] of node.items.entries()) {
      const key = pair.key
      if (index === 0) from = this.base + key.range[0]
      const end = this.pair(pair, { value, places, written })
      to = end.to
      size += end.size
    }
    return {
      value,
      ...(node.flow === true || node.items.length === 0
        ? { from: this.base + node.range[0], to: this.base + node.range[1] }
        : { from, to }),
      size,
    }
  }

  private pair(
    { key: node, value: held }: Pair<ParsedNode, ParsedNode | null>,
    into: {
      value: Record<string, unknown>
      places: Map<string | number, Position>
      written: Set<string>
    },
  ): { to: number; size: number } {
    const [keyFrom, keyTo] = [this.base + node.range[0], this.base + node.range[1]]
    const isMerge = yaml().isScalar(node) && node.type === 'PLAIN' && node.source === '<<'
    const key = isMerge ? undefined : this.key(node, keyFrom, keyTo)
    const nothing =
      held === null ||
      (yaml().isScalar(held) &&
        held.type === 'PLAIN' &&
        held.source === '' &&
        held.range[0] === held.range[1])
    const read = nothing ? { value: null, from: keyFrom, to: keyTo, size: 1 } : this.read(held)
    const to = !nothing && yaml().isAlias(held) ? this.base + held.range[1] : read.to
    if (isMerge) return { to, size: read.size + this.merge(read, into, keyFrom, keyTo) }
    if (key === undefined) return { to, size: read.size }
    if (into.written.has(key))
      this.faults.push(duplicateKey(key, keyFrom, keyTo, into.places.get(key)?.key?.[0] ?? keyFrom))
    into.written.add(key)
    setMember(into.value, key, read.value)
    into.places.set(key, { key: [keyFrom, keyTo], from: read.from, to: read.to })
    return { to, size: read.size }
  }

  private key(node: ParsedNode, from: number, to: number): string | undefined {
    if (yaml().isCollection(node)) {
      this.faults.push(badKey(this.text.slice(from, to), from, to))
      return undefined
    }
    const { value } = this.read(node)
    if (typeof value === 'string') return value
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    this.faults.push(badKey(this.text.slice(from, to), from, to))
    return undefined
  }

  /**
   * Copies the members of the objects that a merge key names; the first object wins. @source
   * kubectl v1.35: it also overrides members written before it
   */
  private merge(
    { value: from }: TreeValue,
    { value, places }: { value: Record<string, unknown>; places: Map<string | number, Position> },
    keyFrom: number,
    keyTo: number,
  ): number {
    let size = 0
    for (const source of Array.isArray(from) ? from.toReversed() : [from]) {
      if (typeof source !== 'object' || source === null || Array.isArray(source)) {
        this.faults.push(badKey('<<', keyFrom, keyTo))
        continue
      }
      for (const [key, member] of Object.entries(source)) {
        size += 1
        this.expanded += 1
        if (this.expanded > maxExpandedValues) throw new UnreadableError(tooManyAliases(keyFrom))
        setMember(value, key, member)
        const place = this.positions.get(source)?.get(key)
        if (place !== undefined) places.set(key, place)
      }
    }
    return size
  }
}

/** Sets a member; assigning to `__proto__` would not create one. */
function setMember(into: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(into, key, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    })
  else into[key] = value
}
