// The verdict about an apiVersion and a kind: the schema that judges the object, and findings.
import type { Shape } from '#src/schema/packed/shape.ts'
import type { Diagnostic, SchemaNote } from '#src/schema/diagnostics.ts'
import type { Migration } from '#src/schema/rules/migrations.ts'

/** The schema for an object, and the findings about its kind. */
export interface KindVerdict {
  /** Undefined: no schema describes the kind. */
  shape?: Shape
  builtIn: boolean
  namespaced?: boolean
  diagnostics: readonly Diagnostic[]
  notes: readonly Omit<SchemaNote, 'at'>[]
  /** The migration to an apiVersion with the same members and meaning, if there is one. */
  moved?: Migration
}

export function splitApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/')
  return slash === -1
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) }
}

export const joinApiVersion = (group: string, version: string): string =>
  group === '' ? version : `${group}/${version}`

/**
 * Versions that an API server does not serve by default. @source KEP-3136: new beta APIs since
 * 1.24, and all alpha APIs
 */
export const offByDefault = /^v\d+(?:alpha|beta)\d+$/

/** A clause that continues a sentence. Empty without a text. */
export const clause = (text: string | undefined): string => (text === undefined ? '' : `; ${text}`)
