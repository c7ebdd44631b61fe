// Endpoints: how tools find the Kubernetes API and the Talos API on the host.
import type { ClauseInput } from '#src/model/index.ts'

export const endpoints: readonly ClauseInput[] = [
  {
    id: 'endpoints.kubeconfig-points-to-mapped-port',
    statement:
      'The kubeconfig names the host port that Docker maps to 6443 now. The port is given anew at each start of the node container, and the services stay well while every kubectl fails.',
    source: 'ADR-0148, Kubeconfig Port Drift',
    kind: 'must',
    provenBy: [
      'kubeconfig-points-to-the-api',
      'drill:api-port-drifts',
      'fix:regenerate-kubeconfig',
    ],
  },
  {
    id: 'endpoints.talosconfig-points-to-mapped-port',
    statement:
      'The talosconfig names the host port that Docker maps to 50000 now: without it no new kubeconfig can be fetched.',
    source: 'ADR-0148, Kubeconfig Port Drift',
    kind: 'must',
    provenBy: ['talosconfig-points-to-talos', 'drill:api-port-drifts', 'fix:repoint-talosconfig'],
  },
  {
    id: 'endpoints.regenerate-kubeconfig',
    statement:
      'When kubectl does not get through, the kubeconfig is fetched again from Talos and the context of this cluster selected.',
    source: 'ADR-0148, Kubeconfig Port Drift, self-heal; Post-Restart Recovery Checklist, step 1',
    kind: 'checklist',
    provenBy: [
      'kubeconfig-points-to-the-api',
      'drill:restart-colima',
      'drill:api-port-drifts',
      'fix:regenerate-kubeconfig',
    ],
  },
  {
    id: 'endpoints.bindings-pinned',
    statement:
      'The bindings of 6443 and 50000 are what the policy says, random or pinned: pinning them is the lasting cure, and needs the node container to be made anew.',
    source: 'ADR-0148, Kubeconfig Port Drift, permanent fix',
    kind: 'rule',
    provenBy: ['api-bindings-are-as-declared'],
  },
  {
    id: 'endpoints.tls-verifies',
    statement:
      'TLS to the API verifies against the CA in the kubeconfig. A failing handshake on the old port means that somebody else answers there.',
    source:
      'ADR-0148, Kubeconfig Port Drift, tls errors; joelclaw history, 2026-05-30: verification switched off',
    kind: 'lesson',
    provenBy: ['tls-verifies', 'drill:api-port-drifts'],
  },
  {
    id: 'endpoints.context-is-this-cluster',
    statement:
      'The selected context is alive and belongs to this cluster: the first one by name was that of a cluster long dead.',
    source:
      'k8s skill (first vintage), Key Files; joelclaw history, 2026-02: dead context admin@joelclaw on port 63324',
    kind: 'lesson',
    provenBy: ['context-is-this-cluster', 'fix:regenerate-kubeconfig'],
  },
]
