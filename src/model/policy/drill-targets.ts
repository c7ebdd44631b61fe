// The workloads of a cluster that its drills use.
import { z } from 'zod'
import { name, port } from './values.ts'

export const workloadName = {
  kind: z.enum(['Deployment', 'StatefulSet', 'DaemonSet']),
  namespace: name,
  name,
}

const parts = {
  /** Moves while a node refuses pods, and tolerates no taint. `port`: where its users notice. */
  displaced: z.strictObject({ ...workloadName, port: name }),
  /**
   * Hangs. `program`: its process, as `pgrep -x` finds it. `liveness`: the probe that it gets for
   * the drill about a probe.
   */
  hanging: z.strictObject({
    ...workloadName,
    kind: z.literal('StatefulSet'),
    container: name,
    program: name,
    port: name,
    liveness: z.record(name, z.json()),
    /** It has a liveness probe, which holdfast removes for a drill about an undetected hang. */
    guarded: z.boolean().default(false),
  }),
  /** Exposed by a port-forward: `local` on the host, `remote` at the Service. */
  forwarded: z.strictObject({ namespace: name, service: name, local: port, remote: port }),
  /** Its NodePort is set to this number, as a Helm upgrade does. */
  upgraded: z.strictObject({ port: name, nodePort: port }),
  /** Gets an image that its registry does not have: holdfast sets `image` in `container`. */
  deployed: z.strictObject({
    ...workloadName,
    kind: z.literal('Deployment'),
    container: name,
    image: name,
  }),
  /**
   * A Redis that receives writes while its process `program` is killed. `ledger`: a file on the
   * host for the acknowledged writes.
   */
  writing: z.strictObject({ port: name, program: name, ledger: name }),
} as const

/** A workload for each role in the drills. A drill whose role is not filled does not apply. */
export const drillTargets = z.strictObject({
  displaced: parts.displaced.optional(),
  hanging: parts.hanging.optional(),
  forwarded: parts.forwarded.optional(),
  upgraded: parts.upgraded.optional(),
  deployed: parts.deployed.optional(),
  writing: parts.writing.optional(),
  /** Others for a role that is filled: `--on` runs a drill on one of them. */
  alternatives: z
    .strictObject({
      displaced: z.array(parts.displaced).optional(),
      hanging: z.array(parts.hanging).optional(),
      forwarded: z.array(parts.forwarded).optional(),
      upgraded: z.array(parts.upgraded).optional(),
      deployed: z.array(parts.deployed).optional(),
      writing: z.array(parts.writing).optional(),
    })
    .optional(),
  /** The kubelet is a process that can be stopped. `word` identifies it in the command line. */
  kubelet: z.strictObject({ word: name }).optional(),
})
