// Reads JSON of unknown content: a value of another type counts as empty.
import { isJsonObject, type JsonObject } from '#src/model/json.ts'

export const objectOf = (value: unknown): JsonObject => (isJsonObject(value) ? value : {})

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** The strings in a list. */
export const textsOf = (value: unknown): readonly string[] =>
  listOf(value).filter(item => typeof item === 'string')
