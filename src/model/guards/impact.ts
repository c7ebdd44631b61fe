// What a fault hits, as data: enough to know beforehand which pods, nodes and volumes go with it.

export type Impact =
  /**
   * `down`: all its pods go at once. `changed`: its template or settings change; its pods follow
   * one by one.
   */
  | {
      readonly kind: 'workload'
      readonly workload: 'Deployment' | 'StatefulSet' | 'DaemonSet'
      readonly namespace: string
      readonly name: string
      readonly how: 'down' | 'changed'
    }
  /** A process, by the name that the policy's cast gives it: its pod answers nothing. */
  | { readonly kind: 'program'; readonly program: string }
  | { readonly kind: 'service'; readonly namespace: string; readonly name: string }
  /**
   * `down`: nothing on it serves. `closed`: what runs goes on, nothing new is placed. `changed`: a
   * file or setting on it.
   */
  | {
      readonly kind: 'node'
      readonly by: 'name' | 'container'
      readonly name: string
      readonly how: 'down' | 'closed' | 'changed'
    }
  | { readonly kind: 'vm'; readonly profile: string; readonly how: 'down' | 'changed' }
  | { readonly kind: 'host'; readonly description: string }
