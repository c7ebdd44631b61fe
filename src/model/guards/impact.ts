// The impact of a fault, as data: guards compute from it which pods, nodes and volumes are lost.

export type Impact =
  /**
   * `down`: all its pods stop at once. `changed`: its template or settings change, and its pods
   * follow one by one.
   */
  | {
      readonly kind: 'workload'
      readonly workload: 'Deployment' | 'StatefulSet' | 'DaemonSet'
      readonly namespace: string
      readonly name: string
      readonly how: 'down' | 'changed'
    }
  /** A process, by its name in the policy's drill targets: its pod answers nothing. */
  | { readonly kind: 'program'; readonly program: string }
  | { readonly kind: 'service'; readonly namespace: string; readonly name: string }
  /**
   * `down`: nothing on it serves. `closed`: running pods stay, and no new ones are placed.
   * `changed`: a file or setting on it.
   */
  | {
      readonly kind: 'node'
      readonly by: 'name' | 'container'
      readonly name: string
      readonly how: 'down' | 'closed' | 'changed'
    }
  | { readonly kind: 'vm'; readonly profile: string; readonly how: 'down' | 'changed' }
  | { readonly kind: 'host'; readonly description: string }
