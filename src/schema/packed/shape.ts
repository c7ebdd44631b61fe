// Shapes: the values that the API server accepts for a member.

/** Forms of text that the API server parses: it refuses any other text. */
export type Form = 'date-time' | 'byte'

/**
 * The keywords of JSON Schema in a CustomResourceDefinition that limit a value, apart from its
 * type.
 */
export interface Limits {
  nullable?: true
  /** The API server sets it where the member is missing or null. */
  default?: unknown
  enum?: readonly unknown[]
  format?: string
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  exclusiveMinimum?: boolean
  exclusiveMaximum?: boolean
  multipleOf?: number
  minItems?: number
  maxItems?: number
  uniqueItems?: boolean
  minProperties?: number
  maxProperties?: number
  allOf?: readonly Bound[]
  anyOf?: readonly Bound[]
  oneOf?: readonly Bound[]
  not?: Bound
}

/**
 * A part of a schema that limits a value but defines no members: inside allOf, anyOf, oneOf and
 * not.
 */
export interface Bound extends Limits {
  type?: string
  required?: readonly string[]
  properties?: Readonly<Record<string, Bound>>
  items?: Bound
  additionalProperties?: Bound
}

export type Shape = { limits?: Limits } & (
  | { is: 'any' }
  /** Refers to another definition of the same Kubernetes version by name. */
  | { is: 'ref'; to: string }
  | { is: 'string'; form?: Form; oneOf?: readonly string[] }
  | { is: 'integer'; bits: 32 | 64 }
  | { is: 'number' }
  | { is: 'boolean' }
  | { is: 'quantity' }
  | { is: 'int-or-string' }
  /**
   * `keys`: the members that identify an item. `defaults`: the values that the API server sets for
   * missing ones.
   */
  | {
      is: 'list'
      of: Shape
      keys?: readonly string[]
      defaults?: Readonly<Record<string, unknown>>
      set?: true
    }
  | { is: 'map'; of: Shape }
  /**
   * `open`: the API server keeps unknown members. `embedded`: a whole object with its own
   * apiVersion and kind.
   */
  | {
      is: 'object'
      has: Readonly<Record<string, Shape>>
      needs?: readonly string[]
      open?: true
      embedded?: true
    }
)

/** Which resources a version serves. */
export interface Kind {
  group: string
  version: string
  kind: string
  /** The name of its definition. */
  definition: string
  namespaced: boolean
}

/**
 * The head of the packed file. Each line after it is a Shape as JSON: the definition of that name,
 * in the versions whose bits are set (1 for the first version, 2 for the second, 4 for the third
 * …).
 */
export interface Head {
  versions: readonly string[]
  kinds: readonly (readonly [
    group: string,
    version: string,
    kind: string,
    definition: string,
    namespaced: 0 | 1,
    versions: number,
  ])[]
  definitions: readonly (readonly [name: string, versions: number])[]
}
