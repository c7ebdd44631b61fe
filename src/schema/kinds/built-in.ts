// Kinds that Kubernetes serves, deprecates or has removed.
import type { Diagnostic } from '#src/schema/diagnostics.ts'
import type { Definitions } from '#src/schema/packed/schema-store.ts'
import { migrationOf, type Migration } from '#src/schema/rules/migrations.ts'
import type { Schema } from '#src/schema/schema.ts'
import { atLeast } from '#src/schema/versions.ts'
import { clause, offByDefault, splitApiVersion, type KindVerdict } from './verdict.ts'

function served(
  definitions: Definitions,
  { replacement }: Migration,
  kind: string,
): string | undefined {
  if (replacement === undefined) return undefined
  const { group, version } = splitApiVersion(replacement.apiVersion)
  return definitions.kind(group, version, replacement.kind ?? kind) === undefined
    ? undefined
    : `${replacement.apiVersion}${replacement.kind === undefined ? '' : ` ${replacement.kind}`}`
}

export function removed(
  migration: Migration,
  apiVersion: string,
  kind: string,
  { asked, definitions }: Schema,
): Diagnostic {
  const to = served(definitions, migration, kind)
  return {
    code: 'api:removed',
    path: ['apiVersion'],
    seen: `${apiVersion} ${kind}, which Kubernetes removed in ${migration.removed}`,
    expected: `an API version that Kubernetes ${asked} serves${to === undefined ? '' : `: ${to}`}`,
    remedy: `${to === undefined ? 'nothing replaces it' : `use ${to}`}${clause(migration.remark)}`,
  }
}

function deprecated(
  migration: Migration,
  apiVersion: string,
  kind: string,
  { definitions }: Schema,
): Diagnostic {
  const to = served(definitions, migration, kind)
  const { deprecated, removed, remark } = migration
  const removal = removed === undefined ? '' : ` and removed in ${removed}`
  return {
    code: 'api:deprecated',
    path: ['apiVersion'],
    seen: `${apiVersion} ${kind}, deprecated since Kubernetes ${deprecated}${removal}`,
    expected: to ?? 'an API version that is not deprecated',
    remedy: (to === undefined ? 'plan to do without it' : `use ${to}`) + clause(remark),
  }
}

export function judgeBuiltIn(
  schema: Schema,
  apiVersion: string,
  kind: string,
): KindVerdict | undefined {
  const { group, version } = splitApiVersion(apiVersion)
  const known = schema.definitions.kind(group, version, kind)
  if (known === undefined) return undefined
  const migration = migrationOf(apiVersion, kind)
  const old = migration?.deprecated !== undefined && atLeast(schema.asked, migration.deprecated)
  // The requested version may be later than every packed one.
  const gone = migration?.removed !== undefined && atLeast(schema.asked, migration.removed)
  let diagnostics: readonly Diagnostic[] = []
  if (migration !== undefined && gone) diagnostics = [removed(migration, apiVersion, kind, schema)]
  else if (migration !== undefined && old)
    diagnostics = [deprecated(migration, apiVersion, kind, schema)]
  const note = {
    code: 'api:off-by-default',
    description:
      `${apiVersion} is off by default: an API server needs --runtime-config to serve ` +
      'it, and the gate does not know the flags of this cluster',
  }
  return {
    shape: { is: 'ref', to: known.definition },
    builtIn: true,
    namespaced: known.namespaced,
    diagnostics,
    notes: offByDefault.test(version) && !gone ? [note] : [],
    ...(migration?.same === true && (old || gone) ? { moved: migration } : {}),
  }
}
