// Kinds that the CustomResourceDefinitions of the set define.
import { orInWords, type Diagnostic } from '#src/schema/diagnostics.ts'
import { customOf, type CustomKind, type Schema } from '#src/schema/schema.ts'
import { splitApiVersion, type KindVerdict } from './verdict.ts'

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
        seen:
          `${apiVersion} ${kind}, which its CustomResourceDefinition in the set does ` +
          `not ${verb}`,
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

export function judgeCustom(
  schema: Schema,
  apiVersion: string,
  kind: string,
): KindVerdict | undefined {
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
    description:
      `the schema of ${kind} has rules that only an API server evaluates ` +
      '(x-kubernetes-validations, or patterns specific to Go): those were not judged',
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
