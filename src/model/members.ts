// An object of JSON: members by their names, and nothing known of any of them.

export type Members = Readonly<Record<string, unknown>>

/** Whether a value has members: no list, no null. */
export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
