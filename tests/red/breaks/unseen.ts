// The effect of a silent source of facts: no verdict that needs it holds, and holdfast guesses
// nothing.
import type { Kinds } from '#tests/red/world.ts'

/** joelclaw's rules for manifests. All of them judge objects from the API. */
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
  'templates-tolerate-the-control-plane',
] as const

/**
 * The API does not answer: every verdict that needs it is unknown. Verdicts about the data path and
 * the host are as before.
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

/**
 * Docker does not answer: its published ports and the settings of the node container are unknown.
 */
export const withoutDocker: Kinds = {
  'port-table-agrees · *': 'unknown',
  'api-bindings-are-as-declared · *': 'unknown',
  'kubeconfig-points-to-the-api · *': 'unknown',
  'talosconfig-points-to-talos · *': 'unknown',
  'node-containers-run · *': 'unknown',
  'node-containers-keep-their-settings · *': 'unknown',
}

/** ssh into the VM fails: its kernel and its disks are unknown. */
export const withoutSsh: Kinds = {
  'kernel-is-prepared · *': 'unknown',
  'vm-disks-have-room · *': 'unknown',
}
