// What follows when a whole source of facts is silent: nothing of it holds any more, and nothing of
// it is guessed.
import type { Kinds } from '#tests/red/world.ts'

/** The rules for manifests that joelclaw asks for: all of them judge objects of the API. */
export const rulesOfManifests = [
  'claims-are-registered',
  'claims-name-their-class',
  'containers-state-their-needs',
  'host-ports-are-known',
  'images-are-pinned',
  'images-start-from-cache',
  'no-plain-secrets',
  'nodeports-are-free',
  'references-lead-somewhere',
  'settings-are-not-injected',
  'startup-outlasts-warm-up',
] as const

/**
 * The API cannot be asked: all that rests on it is unknown. The data path and the host are seen as
 * before.
 */
export const withoutApi: Kinds = {
  'host-services-use-nodeports · *': 'unknown',
  'port-table-agrees · unlisted ports': 'unknown',
  'containers-have-probes · *': 'unknown',
  'host-network-probes-pin-loopback · *': 'unknown',
  'context-is-this-cluster · *': 'unknown',
  'tls-verifies · *': 'unknown',
  'nodes-are-ready · *': 'unknown',
  'nodes-are-schedulable · *': 'unknown',
  'taints-are-tolerated · *': 'unknown',
  'flannel-has-its-subnet · *': 'unknown',
  'flannel-serves-every-node · *': 'unknown',
  'no-pod-is-stuck · *': 'unknown',
  'newest-templates-run · *': 'unknown',
  'no-pod-is-unknown · *': 'unknown',
  'workloads-have-their-replicas · *': 'unknown',
  'critical-claims-are-bound · *': 'unknown',
  'critical-data-survive · *': 'unknown',
  'no-unavailable-image · *': 'unknown',
  'no-harmful-service-name · *': 'unknown',
  'no-legacy-host-alias · *': 'unknown',
  'root-where-needed · *': 'unknown',
  'conflicting-webhooks-stay-off · *': 'unknown',
  ...Object.fromEntries(rulesOfManifests.map(name => [`${name} · *`, 'unknown' as const])),
}

/** Docker cannot be asked: what it publishes and how the node container is set is unknown. */
export const withoutDocker: Kinds = {
  'port-table-agrees · *': 'unknown',
  'api-bindings-are-as-declared · *': 'unknown',
  'kubeconfig-points-to-the-api · *': 'unknown',
  'talosconfig-points-to-talos · *': 'unknown',
  'node-containers-run · *': 'unknown',
  'node-containers-keep-their-settings · *': 'unknown',
}

/** No ssh into the VM: its kernel and its disks are unknown. */
export const withoutSsh: Kinds = {
  'kernel-is-prepared · *': 'unknown',
  'vm-disks-have-room · *': 'unknown',
}
