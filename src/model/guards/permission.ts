// What the API must allow for something to be done, as data: guards ask for it beforehand, roles
// are made of it.

/** Verbs of requests that holdfast makes. */
export type PermissionVerb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete'

export interface Permission {
  readonly verb: PermissionVerb
  /** Empty for the core group. */
  readonly group: string
  /** Plural, with its subresource after a slash. */
  readonly resource: string
  /** Absent: at the cluster scope, which for objects of namespaces means in all of them. */
  readonly namespace?: string
  /** One object; absent: all of them. */
  readonly name?: string
}

/** What a fault needs of the API. */
export interface FaultPermissions {
  /** To look, to inject. */
  readonly inject: readonly Permission[]
  /** To put it back: without these nothing may be injected. */
  readonly undo: readonly Permission[]
}

/** `patch nodes joelclaw-controlplane-1`, `delete pods in joelclaw`. */
export const permissionInWords = ({ verb, group, resource, namespace, name }: Permission): string =>
  `${verb} ${resource}${group === '' ? '' : `.${group}`}${name === undefined ? '' : ` ${name}`}${namespace === undefined ? '' : ` in ${namespace}`}`
