// An object of JSON: members by their names, and nothing known of any of them.

export type JsonObject = Readonly<Record<string, unknown>>

/** Whether a value has members: no list, no null. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
