// Permissions as faults, fixes and questions declare them: one verb on one kind, in one namespace.
import { withoutUndefined } from '#src/model/json.ts'
import type { Permission, PermissionVerb } from '#src/model/guards/permission.ts'
import type { Resource } from './kinds.ts'

/** A verb on a kind. Without `namespace`: in all of them. Without `name`: on all of its objects. */
export const permission = (
  verb: PermissionVerb,
  { group, plural }: Pick<Resource, 'group' | 'plural'>,
  at: { namespace?: string | undefined; name?: string | undefined } = {},
): Permission => ({
  verb,
  group,
  resource: plural,
  ...withoutUndefined({ namespace: at.namespace, name: at.name }),
})
