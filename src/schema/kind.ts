// What an apiVersion and a kind stand for: a kind that is served, one that no longer is, a misspelt
// one, or nobody knows.
import { orInWords, type Diagnostic, type SchemaNote } from './diagnostics.ts'
import { migrationOf, migrations, type Migration } from './rules/migrations.ts'
import type { Definitions } from './packed/schema-store.ts'
import { customOf, type Schema } from './schema.ts'
import type { Shape } from './packed/shape.ts'
import { suggestionsFor } from './spelling.ts'
import { atLeast } from './versions.ts'

/** How an object is to be judged. */
export interface KindVerdict {
  /** Undefined where there is none to judge it by. */
  shape?: Shape
  builtIn: boolean
  namespaced?: boolean
  diagnostics: readonly Diagnostic[]
  notes: readonly Omit<SchemaNote, 'at'>[]
  /** It is served by another apiVersion now, in which the same means the same. */
  moved?: Migration
}

export function splitApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/')
  return slash === -1
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) }
}

const joinApiVersion = (group: string, version: string): string =>
  group === '' ? version : `${group}/${version}`

/** As much as every object has. */
const anyObject: Shape = {
  is: 'object',
  open: true,
  has: {
    apiVersion: { is: 'string' },
    kind: { is: 'string' },
    metadata: { is: 'ref', to: 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' },
  },
  needs: ['metadata'],
}

/**
 * Off in an API server of its own accord. @source KEP-3136: since 1.24 new beta APIs are off by
 * default, as alpha APIs always were
 */
const offByDefault = /^v\d+(?:alpha|beta)\d+$/

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

const sentence = (text: string | undefined): string => (text === undefined ? '' : `; ${text}`)

function removed(
  migration: Migration,
  apiVersion: string,
  kind: string,
  { asked, definitions }: Schema,
): Diagnostic {
  const to = served(definitions, migration, kind)
  return {
    code: 'api:removed',
    path: ['apiVersion'],
    seen: `${apiVersion} ${kind}, which Kubernetes does not serve since ${migration.removed}`,
    expected: `an API version that Kubernetes ${asked} serves${to === undefined ? '' : `: ${to}`}`,
    remedy: `${to === undefined ? 'nothing takes its place' : `use ${to}`}${sentence(migration.remark)}`,
  }
}

function deprecated(
  migration: Migration,
  apiVersion: string,
  kind: string,
  { definitions }: Schema,
): Diagnostic {
  const to = served(definitions, migration, kind)
  return {
    code: 'api:deprecated',
    path: ['apiVersion'],
    seen: `${apiVersion} ${kind}, deprecated since Kubernetes ${migration.deprecated}${migration.removed === undefined ? '' : ` and not served from ${migration.removed} on`}`,
    expected: to ?? 'an API version that is not deprecated',
    remedy: `${to === undefined ? 'plan to do without it' : `use ${to}`}${sentence(migration.remark)}`,
  }
}

function judgeBuiltIn(schema: Schema, apiVersion: string, kind: string): KindVerdict | undefined {
  const { group, version } = splitApiVersion(apiVersion)
  const known = schema.definitions.kind(group, version, kind)
  if (known === undefined) return undefined
  const migration = migrationOf(apiVersion, kind)
  const old = migration?.deprecated !== undefined && atLeast(schema.asked, migration.deprecated)
  // The version that was asked for may be later than all that are packed.
  const gone = migration?.removed !== undefined && atLeast(schema.asked, migration.removed)
  return {
    shape: { is: 'ref', to: known.definition },
    builtIn: true,
    namespaced: known.namespaced,
    diagnostics:
      migration === undefined
        ? []
        : gone
          ? [removed(migration, apiVersion, kind, schema)]
          : old
            ? [deprecated(migration, apiVersion, kind, schema)]
            : [],
    notes:
      offByDefault.test(version) && !gone
        ? [
            {
              code: 'api:off-by-default',
              description: `${apiVersion} is off in an API server unless --runtime-config turns it on; whether this cluster has it is not known`,
            },
          ]
        : [],
    ...(migration?.same === true && (old || gone) ? { moved: migration } : {}),
  }
}

function judgeCustom(schema: Schema, apiVersion: string, kind: string): KindVerdict | undefined {
  const { group, version } = splitApiVersion(apiVersion)
  const known = customOf(schema, group, version, kind)
  const others = [...schema.custom.values()]
    .filter(other => other.group === group && other.kind === kind && other.served)
    .map(other => `${group}/${other.version}`)
  if (known === undefined || !known.served) {
    if (known === undefined && others.length === 0) return undefined
    const found: Diagnostic = {
      code: 'schema:unknown-kind',
      path: ['apiVersion'],
      seen: `${apiVersion} ${kind}, which the CustomResourceDefinition of the set does not ${known === undefined ? 'define' : 'serve'}`,
      expected: others.length === 0 ? 'a version that is served' : orInWords(others),
      remedy: others.length === 0 ? 'set served: true for the version' : `use ${orInWords(others)}`,
    }
    return {
      builtIn: false,
      notes: [],
      ...(known === undefined ? {} : { namespaced: known.namespaced }),
      diagnostics: [found],
    }
  }
  const better = others.filter(other => other !== apiVersion)
  return {
    shape: known.shape,
    builtIn: false,
    namespaced: known.namespaced,
    diagnostics:
      known.deprecated === undefined
        ? []
        : [
            {
              code: 'api:deprecated',
              path: ['apiVersion'],
              seen: `${apiVersion} ${kind}: ${known.deprecated}`,
              expected: 'a version that is not deprecated',
              remedy:
                better.length > 0
                  ? `use ${orInWords(better)}`
                  : 'ask its owner what takes its place',
            },
          ],
    notes: known.rules
      ? [
          {
            code: 'schema:rules',
            description: `the schema of ${kind} has rules (x-kubernetes-validations, or patterns in a form of Go's) that only an API server evaluates: those were not judged`,
          },
        ]
      : [],
  }
}

/** Of another version of Kubernetes than the one asked for. */
function otherVersions(
  schema: Schema,
  group: string,
  version: string,
  kind: string,
): string | undefined {
  const having = schema
    .all()
    .filter(definitions => definitions.kind(group, version, kind) !== undefined)
    .map(definitions => definitions.version)
  const [first] = having
  const last = having.at(-1)
  if (first === undefined || last === undefined) return undefined
  return atLeast(schema.definitions.version, last)
    ? `Kubernetes served it until ${last}`
    : `Kubernetes serves it from ${first} on`
}

function judgeUnknown(schema: Schema, apiVersion: string, kind: string): KindVerdict {
  const { group, version } = splitApiVersion(apiVersion)
  const all = schema.all().flatMap(definitions => definitions.kinds)
  const groups = new Set([
    ...all.map(one => one.group),
    ...migrations.map(one => splitApiVersion(one.apiVersion).group),
  ])
  // A group of custom resources is a domain: it has a dot.
  if (!groups.has(group) && group.includes('.')) {
    const near = suggestionsFor(
      group,
      [...groups].filter(other => other.includes('.')),
    ).names
    const hint = near.length === 0 ? '' : ` (or is it ${orInWords(near)}?)`
    const description = `not judged: there is no schema for ${apiVersion} ${kind}; give its CustomResourceDefinition along with it${hint}`
    return {
      builtIn: false,
      shape: anyObject,
      diagnostics: [],
      notes: [{ code: 'schema:unknown', description }],
    }
  }
  const here = schema.definitions.kinds
  const stable = here.filter(one => !offByDefault.test(one.version))
  const sameKind = [
    ...new Set(
      stable.filter(one => one.kind === kind).map(one => joinApiVersion(one.group, one.version)),
    ),
  ]
  const other = otherVersions(schema, group, version, kind)
  const kinds = here
    .filter(one => joinApiVersion(one.group, one.version) === apiVersion)
    .map(one => one.kind)
  const nearKinds = suggestionsFor(kind, kinds.length > 0 ? kinds : stable.map(one => one.kind))
  const nearVersions = suggestionsFor(apiVersion, [
    ...new Set(here.map(one => joinApiVersion(one.group, one.version))),
  ])
  const at = sameKind.length === 0 && nearKinds.names.length > 0 ? 'kind' : 'apiVersion'
  const remedy =
    sameKind.length > 0
      ? `use ${orInWords(sameKind)}`
      : nearKinds.names.length > 0
        ? `write ${orInWords([...new Set(nearKinds.names)])}`
        : nearVersions.names.length > 0 && kinds.length === 0
          ? `write ${orInWords(nearVersions.names)}`
          : 'correct apiVersion and kind; `kubectl api-resources` lists what a cluster serves'
  const to =
    other !== undefined
      ? undefined
      : at === 'kind'
        ? nearKinds.certain && kinds.length > 0
          ? nearKinds.names[0]
          : undefined
        : sameKind.length === 1
          ? sameKind[0]
          : undefined
  return {
    builtIn: true,
    notes: [],
    diagnostics: [
      {
        code: 'schema:unknown-kind',
        path: [at],
        seen: `${apiVersion} ${kind}, which Kubernetes ${schema.asked} does not serve${sentence(other)}`,
        expected: `a kind that Kubernetes ${schema.asked} serves${sameKind.length > 0 ? `: ${orInWords(sameKind)} ${kind}` : ''}`,
        remedy,
        ...(to === undefined ? {} : { change: { to } }),
      },
    ],
  }
}

const judged = new WeakMap<Schema, Map<string, KindVerdict>>()

/** What a kind of an API version is to the schema: found out once. */
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
