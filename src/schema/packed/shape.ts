// Shapes: what the value of a member may be, as an API server would take it.

/** Forms of text that a server reads, and refuses where it cannot. */
export type Form = 'date-time' | 'byte'

/** The JSON Schema words of a custom resource definition that bound a value, beside its type. */
export interface Limits {
  nullable?: true
  /** A missing or null member gets this. */
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
 * A part of a schema that bounds a value without giving it members: inside of allOf, anyOf, oneOf
 * and not.
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
  /** Another definition of the same Kubernetes version, by its name. */
  | { is: 'ref'; to: string }
  | { is: 'string'; form?: Form; oneOf?: readonly string[] }
  | { is: 'integer'; bits: 32 | 64 }
  | { is: 'number' }
  | { is: 'boolean' }
  | { is: 'quantity' }
  | { is: 'int-or-string' }
  /**
   * `keys`: the members that tell its items apart, with the values that a server sets where they
   * are missing.
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
   * `open`: unknown members are kept, not refused. `embedded`: a whole object of the API, with its
   * own apiVersion and kind.
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
  /** Name of its definition. */
  definition: string
  namespaced: boolean
}

/**
 * Head of the packed file. After it each line is a Shape as JSON: the definition of that name, in
 * the versions whose bits are set (1 for the first version, 2 for the second, 4 for the third …).
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
