// The Kubernetes API as holdfast uses it: typed reads, writes and watches of one cluster.
import type { KubeObject } from '#src/model/kube.ts'
import type { Permission } from '#src/model/guards/permission.ts'
import type { Resource } from './kinds.ts'
import type { WatchOptions } from './watch.ts'

export interface ListOptions {
  namespace?: string | undefined
  labelSelector?: string
  fieldSelector?: string
}

/** An answer of any status, with its body as text. */
export interface RawAnswer {
  status: number
  body: string
  headers: Readonly<Record<string, string | string[] | undefined>>
}

/** All objects of a kind, and the version of the collection from which a watch continues. */
export interface Listed<T> {
  items: T[]
  resourceVersion: string
}

export interface RemoveOptions {
  gracePeriodSeconds?: number
  uid?: string
  propagation?: 'Background' | 'Foreground'
}

/**
 * An open cluster. Every method rejects with KubeError (the server answered), KubeUnreachable (it
 * did not answer) or the signal's reason.
 */
export interface Kube {
  readonly server: string
  readonly context: string
  /** All objects without managedFields, from as many pages as that takes. */
  list<T extends KubeObject>(resource: Resource<T>, options?: ListOptions): Promise<T[]>
  /** The same list with the version from which a watch continues. */
  listed<T extends KubeObject>(resource: Resource<T>, options?: ListOptions): Promise<Listed<T>>
  /** One object, or undefined if it does not exist. */
  get<T extends KubeObject>(
    resource: Resource<T>,
    name: string,
    namespace?: string,
  ): Promise<T | undefined>
  /** Creates the object in its own namespace. */
  create<T extends KubeObject>(resource: Resource<T>, object: T): Promise<T>
  patch<T extends KubeObject>(
    resource: Resource<T>,
    name: string,
    namespace: string | undefined,
    type: 'json' | 'merge' | 'strategic',
    body: unknown,
    options?: { subresource?: string },
  ): Promise<T>
  /**
   * Deletes an object. Resolves with `not found` if there is none. Rejects with a Conflict if `uid`
   * is not the object's own.
   */
  remove(
    resource: Resource,
    name: string,
    namespace: string | undefined,
    options?: RemoveOptions,
  ): Promise<'deleted' | 'not found'>
  /** Whether the API allows us a request. It asks with a review, which stores nothing. */
  may(permission: Permission): Promise<boolean>
  /** A GET of any path. The caller judges the status. */
  raw(path: string): Promise<RawAnswer>
  /**
   * The object that the server would store if this one were applied at a path: a dry run, which
   * stores nothing. The caller judges the status.
   */
  preview(path: string, object: unknown): Promise<RawAnswer>
  /**
   * Applies an object at a path, as its only owner: a server-side apply that takes over the members
   * it names. The caller judges the status.
   */
  apply(path: string, object: unknown): Promise<RawAnswer>
  /**
   * Resolves when the server ends the stream, on request or at a time of its own. Rejects with the
   * reason if the stream breaks or falls silent.
   */
  watch<T extends KubeObject>(resource: Resource<T>, options: WatchOptions<T>): Promise<void>
}
