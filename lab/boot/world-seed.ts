// The data from which a lab is built.
import type { KubeObject } from '#src/model/kube.ts'
import type { HostSeed } from '#lab/host/index.ts'
import type { AppCatalogue, MachineFacts } from '#lab/node/index.ts'

/** A world as data: one file of `lab/worlds` and its applications. */
export interface WorldSeed {
  name: string
  host: HostSeed
  apps: AppCatalogue
  /**
   * Whether each start of a control plane taints it, as Talos does. The world begins after an
   * operator has removed the taint.
   */
  controlPlaneTaint: boolean
  nodes: readonly { name: string; ip: string; machine?: MachineFacts }[]
  nodePortRange: string
  /** ms since the epoch. */
  startsAt: number
  secrets: readonly {
    namespace: string
    name: string
    type: string
    data: Readonly<Record<string, string>>
  }[]
  /**
   * Whether namespaces get a service account and the root certificate, and pods a token. Default:
   * false, because no workload of the world uses them.
   */
  accounts?: boolean
  /** Objects that exist before the first deployment. */
  platform?: readonly KubeObject[]
}
