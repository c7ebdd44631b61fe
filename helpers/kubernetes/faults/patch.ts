// What the API must allow for a fault that patches one object.
import { permission } from '#src/kubernetes/permission.ts'
import type { resources } from '#src/kubernetes/kinds.ts'
import type { FaultPermissions, Policy } from '#src/model/index.ts'
import { patchWithSwitch } from '#helpers/kubernetes/switches.ts'

/** A patch of one object, which is read first. */
export const patchOf = (
  resource: (typeof resources)[keyof typeof resources],
  namespace: string,
  name: string,
  policy: Policy,
): FaultPermissions =>
  patchWithSwitch(
    [
      permission('get', resource, { namespace, name }),
      permission('patch', resource, { namespace, name }),
    ],
    policy,
  )
