// Permissions as data: guards ask for them before a drill, and roles are generated from them.

/** Verbs of the requests that holdfast sends. */
export type PermissionVerb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete'

export interface Permission {
  readonly verb: PermissionVerb
  /** Empty for the core group. */
  readonly group: string
  /** The plural name, with a subresource after a slash. */
  readonly resource: string
  /** Absent: cluster-wide, which for namespaced objects means all namespaces. */
  readonly namespace?: string
  /** The name of one object. Absent: all of them. */
  readonly name?: string
}

/** The permissions that a fault needs. */
export interface FaultPermissions {
  /** To prepare and to inject. */
  readonly inject: readonly Permission[]
  /** To undo. Without them, holdfast injects nothing. */
  readonly undo: readonly Permission[]
}

/** `patch nodes joelclaw-controlplane-1`, `delete pods in joelclaw`. */
export function permissionInWords(permission: Permission): string {
  const { verb, group, resource, namespace, name } = permission
  const kind = group === '' ? resource : `${resource}.${group}`
  const object = name === undefined ? kind : `${kind} ${name}`
  return `${verb} ${object}${namespace === undefined ? '' : ` in ${namespace}`}`
}
