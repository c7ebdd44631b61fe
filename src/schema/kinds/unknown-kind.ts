// Kinds that nothing serves: misspelt, of another version of Kubernetes, or without a schema.
import { orInWords } from '#src/schema/diagnostics.ts'
import type { Shape } from '#src/schema/packed/shape.ts'
import { migrations } from '#src/schema/rules/migrations.ts'
import type { Schema } from '#src/schema/schema.ts'
import { suggestionsFor, type Suggestions } from '#src/schema/spelling.ts'
import { atLeast } from '#src/schema/versions.ts'
import {
  clause,
  joinApiVersion,
  offByDefault,
  splitApiVersion,
  type KindVerdict,
} from './verdict.ts'

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
  const description =
    `not judged: no schema for ${apiVersion} ${kind}; add its CustomResourceDefinition ` +
    `to the set${hint}`
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

export function judgeUnknown(schema: Schema, apiVersion: string, kind: string): KindVerdict {
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
        seen:
          `${apiVersion} ${kind}, which Kubernetes ${schema.asked} does not ` +
          `serve${clause(other)}`,
        expected: `a kind that Kubernetes ${schema.asked} serves${suggestion}`,
        remedy: remedyFor(guessed),
        ...(to === undefined ? {} : { change: { to } }),
      },
    ],
  }
}
