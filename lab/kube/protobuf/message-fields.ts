// The protobuf messages of Kubernetes by name, and the fields of each. They also give the OpenAPI
// schemas and the types by which requests are validated.
import { accessMessages } from './messages-access.ts'
import { clusterMessages } from './messages-cluster.ts'
import { commonMessages } from './messages-common.ts'
import { networkMessages } from './messages-network.ts'
import { podMessages } from './messages-pod.ts'
import { volumeMessages } from './messages-volumes.ts'
import { workloadMessages } from './messages-workloads.ts'

export interface Field {
  number: number
  name: string
  /** `text`, `integer`, `boolean`, `bytes`, or the name of a message. */
  type: string
  many: boolean
  /** A map whose keys are texts. */
  map: boolean
  /** An embedded struct: in JSON its fields are members of the surrounding object. */
  inline: boolean
}

const messages: Readonly<Record<string, string>> = {
  ...commonMessages,
  ...podMessages,
  ...volumeMessages,
  ...workloadMessages,
  ...networkMessages,
  ...accessMessages,
  ...clusterMessages,
}

const scalars: Readonly<Record<string, string>> = {
  '': 'text',
  i: 'integer',
  b: 'boolean',
  y: 'bytes',
}

/** Embedded structs of Go: protobuf has a message for each, JSON does not. */
const inlined = new Set([
  'volumeSource',
  'handler',
  'ephemeralContainerCommon',
  'persistentVolumeSource',
  'localObjectReference',
])

/** Parses `3 name`, `3 name i`, `3 names* Type` (a list) or `3 names# Type` (a map). */
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

const parsed = new Map<string, ReadonlyMap<number, Field>>()

/** The fields of a message by number, or undefined for an unknown message. */
export function messageFields(name: string): ReadonlyMap<number, Field> | undefined {
  const known = parsed.get(name)
  if (known !== undefined) return known
  const text = messages[name]?.trim()
  if (text === undefined) return undefined
  const fields = text === '' ? [] : text.split(/,\s+/).map(part => fieldOf(part))
  const byNumber = new Map(fields.map(field => [field.number, field]))
  parsed.set(name, byNumber)
  return byNumber
}
