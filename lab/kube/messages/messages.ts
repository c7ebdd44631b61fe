// The messages of Kubernetes' protobuf by their names: which number is which field, and what it
// holds.
import { otherMessages } from './messages-other.ts'
import { podMessages } from './messages-pod.ts'

export interface Field {
  number: number
  name: string
  /** `text`, `integer`, `boolean`, `bytes`, or the name of a message. */
  type: string
  many: boolean
  /** A map from texts. */
  map: boolean
  /** In JSON its fields stand among those of what it is in. */
  inline: boolean
}

const scalars: Readonly<Record<string, string>> = {
  '': 'text',
  i: 'integer',
  b: 'boolean',
  y: 'bytes',
}

/** Embedded structs: a message of their own here, none in JSON. */
const inlined = new Set([
  'volumeSource',
  'handler',
  'ephemeralContainerCommon',
  'persistentVolumeSource',
  'localObjectReference',
])

/** `3 name`, `3 name i`, `3 names* Type` (a list), `3 names# Type` (a map). */
function fieldOf(text: string): Field {
  const [number = '', word = '', type = ''] = text.split(' ')
  const name = word.replace(/[*#]$/, '')
  return {
    number: Number(number),
    name,
    type: scalars[type] ?? type,
    many: word.endsWith('*'),
    map: word.endsWith('#'),
    inline: inlined.has(name),
  }
}

const read = new Map<string, ReadonlyMap<number, Field>>()

/** The fields of a message by their numbers; undefined for one that is not known. */
export function messageFields(name: string): ReadonlyMap<number, Field> | undefined {
  const known = read.get(name)
  if (known !== undefined) return known
  const text = podMessages[name] ?? otherMessages[name]
  if (text === undefined) return undefined
  const made = new Map(
    (text === '' ? [] : text.split(', '))
      .map(part => fieldOf(part))
      .map(field => [field.number, field]),
  )
  read.set(name, made)
  return made
}
