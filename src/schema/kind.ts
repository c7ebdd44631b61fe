// Judges an apiVersion and a kind: served, removed, deprecated, misspelt, or unknown.
import { orInWords, type Diagnostic, type SchemaNote } from './diagnostics.ts'
import { migrationOf, migrations, type Migration } from './rules/migrations.ts'
import type { Definitions } from './packed/schema-store.ts'
import { customOf, type CustomKind, type Schema } from './schema.ts'
import type { Shape } from './packed/shape.ts'
import { suggestionsFor, type Suggestions } from './spelling.ts'
import { atLeast } from './versions.ts'

/** How an object is to be judged. */
export interface KindVerdict {
  /** Undefined where no schema describes the kind. */
  shape?: Shape
  builtIn: boolean
  namespaced?: boolean
  diagnostics: readonly Diagnostic[]
  notes: readonly Omit<SchemaNote, 'at'>[]
  /** Another apiVersion serves it now, with the same members and meaning. */
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

/** The members of every object. */
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
 * Versions that an API server does not serve by default. @source KEP-3136: new beta APIs since
 * 1.24, and all alpha APIs
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
    seen: `${apiVersion} ${kind}, which Kubernetes removed in ${migration.removed}`,
    expected: `an API version that Kubernetes ${asked} serves${to === undefined ? '' : `: ${to}`}`,
    remedy: `${to === undefined ? 'nothing replaces it' : `use ${to}`}${sentence(migration.remark)}`,
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
    seen: `${apiVersion} ${kind}, deprecated since Kubernetes ${migration.deprecated}${migration.removed === undefined ? '' : ` and removed in ${migration.removed}`}`,
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
  // The requested version may be later than every packed one.
  const gone = migration?.removed !== undefined && atLeast(schema.asked, migration.removed)
  let diagnostics: readonly Diagnostic[] = []
  if (migration !== undefined && gone) diagnostics = [removed(migration, apiVersion, kind, schema)]
  else if (migration !== undefined && old)
    diagnostics = [deprecated(migration, apiVersion, kind, schema)]
  const note = {
    code: 'api:off-by-default',
    description: `${apiVersion} is off by default: an API server needs --runtime-config to serve it, and the gate does not know the flags of this cluster`,
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

/** A custom kind whose definition in the set does not have or serve this version. */
function unservedCustom(
  known: CustomKind | undefined,
  served: readonly string[],
  apiVersion: string,
  kind: string,
): KindVerdict {
  const versions = orInWords(served)
  const verb = known === undefined ? 'define' : 'serve'
  return {
    builtIn: false,
    notes: [],
    ...(known === undefined ? {} : { namespaced: known.namespaced }),
    diagnostics: [
      {
        code: 'schema:unknown-kind',
        path: ['apiVersion'],
        seen: `${apiVersion} ${kind}, which its CustomResourceDefinition in the set does not ${verb}`,
        expected: served.length === 0 ? 'a served version' : versions,
        remedy: served.length === 0 ? 'set served: true for the version' : `use ${versions}`,
      },
    ],
  }
}

function deprecatedCustom(
  deprecation: string,
  better: readonly string[],
  apiVersion: string,
  kind: string,
): Diagnostic {
  return {
    code: 'api:deprecated',
    path: ['apiVersion'],
    seen: `${apiVersion} ${kind}: ${deprecation}`,
    expected: 'a version that is not deprecated',
    remedy:
      better.length > 0 ? `use ${orInWords(better)}` : 'ask its maintainer for the replacement',
  }
}

function judgeCustom(schema: Schema, apiVersion: string, kind: string): KindVerdict | undefined {
  const { group, version } = splitApiVersion(apiVersion)
  const known = customOf(schema, group, version, kind)
  const others = [...schema.custom.values()]
    .filter(other => other.group === group && other.kind === kind && other.served)
    .map(other => `${group}/${other.version}`)
  if (known === undefined && others.length === 0) return undefined
  if (known === undefined || !known.served) return unservedCustom(known, others, apiVersion, kind)
  const better = others.filter(other => other !== apiVersion)
  const { deprecated: deprecation } = known
  const note = {
    code: 'schema:rules',
    description: `the schema of ${kind} has rules that only an API server evaluates (x-kubernetes-validations, or patterns specific to Go): those were not judged`,
  }
  return {
    shape: known.shape,
    builtIn: false,
    namespaced: known.namespaced,
    diagnostics:
      deprecation === undefined ? [] : [deprecatedCustom(deprecation, better, apiVersion, kind)],
    notes: known.rules ? [note] : [],
  }
}

/** Which other versions of Kubernetes serve a kind, in words; undefined where none does. */
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

/** A custom kind without a definition in the set: a note, not a finding. */
function unjudged(apiVersion: string, kind: string, groups: ReadonlySet<string>): KindVerdict {
  const { group } = splitApiVersion(apiVersion)
  const domains = [...groups].filter(other => other.includes('.'))
  const { names } = suggestionsFor(group, domains)
  const hint = names.length === 0 ? '' : ` (did you mean ${orInWords(names)}?)`
  const description = `not judged: no schema for ${apiVersion} ${kind}; add its CustomResourceDefinition to the set${hint}`
  return {
    builtIn: false,
    shape: anyObject,
    diagnostics: [],
    notes: [{ code: 'schema:unknown', description }],
  }
}

/** What an apiVersion and a kind that nothing serves may have been meant to be. */
interface Guess {
  /** API versions that serve the kind. */
  sameKind: readonly string[]
  /** Kinds with a similar name, first those of the same apiVersion. */
  kinds: Suggestions
  /** Whether the apiVersion serves any kind. */
  isVersion: boolean
  versions: Suggestions
}

function guess({ definitions }: Schema, apiVersion: string, kind: string): Guess {
  const here = definitions.kinds
  const nameOf = (one: (typeof here)[number]): string => joinApiVersion(one.group, one.version)
  const stable = here.filter(one => !offByDefault.test(one.version))
  const own = here.filter(one => nameOf(one) === apiVersion)
  return {
    sameKind: [...new Set(stable.filter(one => one.kind === kind).map(nameOf))],
    kinds: suggestionsFor(
      kind,
      (own.length > 0 ? own : stable).map(one => one.kind),
    ),
    isVersion: own.length > 0,
    versions: suggestionsFor(apiVersion, [...new Set(here.map(nameOf))]),
  }
}

function remedyFor({ sameKind, kinds, isVersion, versions }: Guess): string {
  if (sameKind.length > 0) return `use ${orInWords(sameKind)}`
  if (kinds.names.length > 0) return `write ${orInWords([...new Set(kinds.names)])}`
  if (versions.names.length > 0 && !isVersion) return `write ${orInWords(versions.names)}`
  return 'correct apiVersion and kind; `kubectl api-resources` lists what a cluster serves'
}

/** The value that certainly corrects the member; undefined where several are possible. */
function certainValue(
  member: 'apiVersion' | 'kind',
  { sameKind, kinds, isVersion }: Guess,
): string | undefined {
  if (member === 'kind') return kinds.certain && isVersion ? kinds.names[0] : undefined
  return sameKind.length === 1 ? sameKind[0] : undefined
}

function judgeUnknown(schema: Schema, apiVersion: string, kind: string): KindVerdict {
  const { group, version } = splitApiVersion(apiVersion)
  const groups = new Set([
    ...schema.all().flatMap(({ kinds }) => kinds.map(one => one.group)),
    ...migrations.map(one => splitApiVersion(one.apiVersion).group),
  ])
  // The group of a custom resource is a domain: it has a dot.
  if (!groups.has(group) && group.includes('.')) return unjudged(apiVersion, kind, groups)
  const other = otherVersions(schema, group, version, kind)
  const guessed = guess(schema, apiVersion, kind)
  const { sameKind, kinds } = guessed
  const member = sameKind.length === 0 && kinds.names.length > 0 ? 'kind' : 'apiVersion'
  const to = other === undefined ? certainValue(member, guessed) : undefined
  const suggestion = sameKind.length > 0 ? `: ${orInWords(sameKind)} ${kind}` : ''
  return {
    builtIn: true,
    notes: [],
    diagnostics: [
      {
        code: 'schema:unknown-kind',
        path: [member],
        seen: `${apiVersion} ${kind}, which Kubernetes ${schema.asked} does not serve${sentence(other)}`,
        expected: `a kind that Kubernetes ${schema.asked} serves${suggestion}`,
        remedy: remedyFor(guessed),
        ...(to === undefined ? {} : { change: { to } }),
      },
    ],
  }
}

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
