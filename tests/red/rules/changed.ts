// Applies the changes in findings to an object, as a repair of the file would.
import type { Finding, KubeObject, Path } from '#src/model/index.ts'
import { isJsonObject } from '#src/model/json.ts'

function put(
  holder: unknown,
  [step, ...rest]: Path,
  change: NonNullable<Finding['change']>,
): unknown {
  if (step === undefined) return 'to' in change ? change.to : undefined
  if (Array.isArray(holder))
    return holder.map((item: unknown, index) => (index === step ? put(item, rest, change) : item))
  const members = isJsonObject(holder) ? holder : {}
  const { [step]: old, ...others } = members
  const value = put(old, rest, change)
  return value === undefined ? others : { ...members, [step]: value }
}

/** The object with every change of the findings about it. */
export const changed = <T extends KubeObject>(object: T, findings: readonly Finding[]): T =>
  findings
    .filter(
      ({ at, change }) =>
        change !== undefined &&
        at?.kind === object.kind &&
        at.name === object.metadata.name &&
        at.namespace === object.metadata.namespace,
    )
    .flatMap(({ at, change = { removed: true } }) => [
      { path: at?.path ?? [], change },
      ...('to' in change ? (change.with ?? []) : []).map(({ path, to }) => ({
        path,
        change: { to },
      })),
    ])
    // Only members of the object are replaced.
    .reduce((now, { path, change }) => put(now, path, change) as T, object)
