// The invariants that depend on each source of observation.

import { rulesOfManifests } from '#tests/red/breaks/unseen.ts'

/** Invariants that need the API. */
export const ofTheApi = [
  ...rulesOfManifests,
  'conflicting-webhooks-stay-off',
  'containers-have-probes',
  'context-is-this-cluster',
  'critical-claims-are-bound',
  'critical-data-survive',
  'flannel-has-its-subnet',
  'flannel-serves-every-node',
  'host-network-probes-pin-loopback',
  'host-services-use-nodeports',
  'newest-templates-run',
  'no-harmful-service-name',
  'no-legacy-host-alias',
  'no-pod-is-stuck',
  'no-pod-is-unknown',
  'no-unavailable-image',
  'nodes-are-ready',
  'nodes-are-schedulable',
  'port-table-agrees · unlisted ports',
  'root-where-needed',
  'taints-are-tolerated',
  'tls-verifies',
  'workloads-have-their-replicas',
].toSorted()

/** Invariants that need Docker. */
export const ofDocker = [
  'api-bindings-are-as-declared',
  'kubeconfig-points-to-the-api',
  'node-containers-keep-their-settings',
  'node-containers-run',
  'port-table-agrees',
  'talosconfig-points-to-talos',
]

/** Invariants that need access to the VM. */
export const ofTheVm = ['kernel-is-prepared', 'vm-disks-have-room']
