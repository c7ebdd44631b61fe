// Judges an apiVersion and a kind: served, removed, deprecated, misspelt, or unknown.
import { judgeBuiltIn, removed } from './kinds/built-in.ts'
import { judgeCustom } from './kinds/custom-kind.ts'
import { judgeUnknown } from './kinds/unknown-kind.ts'
import type { KindVerdict } from './kinds/verdict.ts'
import type { Shape } from './packed/shape.ts'
import { migrationOf } from './rules/migrations.ts'
import type { Schema } from './schema.ts'
import { atLeast } from './versions.ts'

export type { KindVerdict } from './kinds/verdict.ts'
export { splitApiVersion } from './kinds/verdict.ts'

const judged = new WeakMap<Schema, Map<string, KindVerdict>>()

/** Judges a kind of an API version, once per schema. */
export function judgeKind(schema: Schema, apiVersion: string, kind: string): KindVerdict {
  const known = judged.get(schema) ?? new Map<string, KindVerdict>()
  const name = `${apiVersion} ${kind}`
  const one = known.get(name) ?? kindIn(schema, apiVersion, kind)
  judged.set(schema, known.set(name, one))
  return one
}

function kindIn(schema: Schema, apiVersion: string, kind: string): KindVerdict {
  const found = judgeBuiltIn(schema, apiVersion, kind) ?? judgeCustom(schema, apiVersion, kind)
  if (found !== undefined) return found
  const migration = migrationOf(apiVersion, kind)
  if (migration?.removed === undefined || !atLeast(schema.asked, migration.removed))
    return judgeUnknown(schema, apiVersion, kind)
  const shape: Shape | undefined =
    migration.same === true && migration.replacement !== undefined
      ? judgeBuiltIn(schema, migration.replacement.apiVersion, kind)?.shape
      : undefined
  return {
    builtIn: true,
    notes: [],
    diagnostics: [removed(migration, apiVersion, kind, schema)],
    ...(shape === undefined ? {} : { shape, moved: migration }),
  }
}
