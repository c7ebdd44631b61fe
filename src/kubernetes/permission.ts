// Permissions as faults, fixes and questions declare them: one verb on one kind, in one place.
import type { Permission, PermissionVerb } from '#src/model/guards/permission.ts'
import type { Resource } from './kinds.ts'

/**
 * That a verb on a kind is allowed; without `namespace` everywhere, without `name` on all of its
 * objects.
 */
export const permission = (
  verb: PermissionVerb,
  { group, plural }: Pick<Resource, 'group' | 'plural'>,
  at: { namespace?: string | undefined; name?: string | undefined } = {},
): Permission => ({
  verb,
  group,
  resource: plural,
  ...(at.namespace === undefined ? {} : { namespace: at.namespace }),
  ...(at.name === undefined ? {} : { name: at.name }),
})
