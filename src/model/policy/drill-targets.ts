// Which of a cluster's workloads the drills use.
import { z } from 'zod'
import { name, port } from './values.ts'

export const workloadName = {
  kind: z.enum(['Deployment', 'StatefulSet', 'DaemonSet']),
  namespace: name,
  name,
}
/** Who plays which part in the drills. A drill whose part nobody plays does not apply. */
export const drillTargets = z.strictObject({
  /** Placed anew while a node refuses work; tolerates nothing. `port`: where its users notice. */
  displaced: z.strictObject({ ...workloadName, port: name }).optional(),
  /**
   * Hangs. `program`: its process as `pgrep -x` finds it. `liveness`: the probe that it gets for
   * the drill with one.
   */
  hanging: z
    .strictObject({
      ...workloadName,
      kind: z.literal('StatefulSet'),
      container: name,
      program: name,
      port: name,
      liveness: z.record(name, z.json()),
      /**
       * It has a liveness probe already, which is taken away where a drill is about a hang that
       * nobody notices.
       */
      guarded: z.boolean().default(false),
    })
    .optional(),
  /** Exposed by a port-forward: `local` on the host, `remote` at the Service. */
  forwarded: z
    .strictObject({ namespace: name, service: name, local: port, remote: port })
    .optional(),
  /** Its NodePort is set to this number, as a Helm upgrade does. */
  upgraded: z.strictObject({ port: name, nodePort: port }).optional(),
  /**
   * A Deployment that is deployed with an image that its registry does not have: `image` is what
   * `container` gets.
   */
  deployed: z
    .strictObject({ ...workloadName, kind: z.literal('Deployment'), container: name, image: name })
    .optional(),
  /**
   * A Redis that is written to while its process `program` is killed. `ledger`: a file of the host
   * for what it acknowledged.
   */
  writing: z.strictObject({ port: name, program: name, ledger: name }).optional(),
  /**
   * The kubelet is a process of its own, known by this word of its command line, and can be
   * stopped.
   */
  kubelet: z.strictObject({ word: name }).optional(),
})
