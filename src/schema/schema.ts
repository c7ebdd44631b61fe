// The definitions that a judgement uses: of one Kubernetes version, and of the custom resources of
// the set.
import { keyOf, type Definitions } from './packed/schema-store.ts'
import { packedSchemas } from './packed/packed.ts'
import type { Shape } from './packed/shape.ts'
import { minorOf, nearest } from './versions.ts'

/** A kind that a CustomResourceDefinition of the set defines. */
export interface CustomKind {
  group: string
  version: string
  kind: string
  namespaced: boolean
  served: boolean
  deprecated?: string
  shape: Shape
  /** Rules of its schema that only a server can evaluate: reported, not judged. */
  rules: boolean
}

export interface Schema {
  /** The requested Kubernetes version. */
  asked: string
  /** Its definitions, or those of the nearest version. */
  definitions: Definitions
  /** Set if the definitions are not those of the requested version. */
  note?: string
  custom: ReadonlyMap<string, CustomKind>
  /** Definitions of all packed versions, the oldest first. */
  all(): readonly Definitions[]
}

/**
 * The schema of a Kubernetes version, e.g. `1.35` or `v1.35.0`. If that version is not packed: the
 * nearest one, with a note. Throws a TypeError for an invalid version.
 */
export function schemaFor(version: string): Schema {
  const { versions, of } = packedSchemas()
  const near = nearest(version, versions)
  const same = minorOf(near) === minorOf(version)
  return {
    asked: `1.${minorOf(version)}`,
    definitions: of(near),
    ...(same
      ? {}
      : {
          note:
            `the schema of Kubernetes ${version} is not packed; objects were judged by ` +
            `that of ${near} (packed: ${versions.join(', ')})`,
        }),
    custom: new Map(),
    all: () => versions.map(of),
  }
}

export const customOf = (
  schema: Schema,
  group: string,
  version: string,
  kind: string,
): CustomKind | undefined => schema.custom.get(keyOf(group, version, kind))

/** Versions in which a member exists that this one lacks: `from Kubernetes 1.36 on`. */
export function versionsWithMember(
  schema: Schema,
  definition: string,
  member: string,
): string | undefined {
  const all = schema.all()
  const having =
    definition === ''
      ? []
      : all.filter(other => {
          const shape = other.definition(definition)
          return shape?.is === 'object' && Object.hasOwn(shape.has, member)
        })
  const [first] = having
  if (first === undefined) return undefined
  return all.indexOf(first) > all.indexOf(schema.definitions)
    ? `from Kubernetes ${first.version} on`
    : `until Kubernetes ${having.at(-1)?.version}`
}
