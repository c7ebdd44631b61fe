// Endpoints: how tools find the Kubernetes API and the Talos API on the host.
import type { ClauseInput } from '#src/model/index.ts'

export const endpoints: readonly ClauseInput[] = [
  {
    id: 'endpoints.kubeconfig-points-to-mapped-port',
    statement:
      'The kubeconfig names the host port that Docker maps to 6443 now. Each start of the node ' +
      'container picks a new port: the services keep working while every kubectl fails.',
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
      'The talosconfig names the host port that Docker maps to 50000 now: ' +
      'without it no tool can fetch a new kubeconfig.',
    source: 'ADR-0148, Kubeconfig Port Drift',
    kind: 'must',
    provenBy: ['talosconfig-points-to-talos', 'drill:api-port-drifts', 'fix:repoint-talosconfig'],
  },
  {
    id: 'endpoints.regenerate-kubeconfig',
    statement:
      'When kubectl cannot connect, the healer fetches the kubeconfig again from Talos and ' +
      'selects the context of this cluster.',
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
      'The bindings of 6443 and 50000 are as the policy declares them, random or pinned. ' +
      'Pinning is the permanent fix, and needs a new node container.',
    source: 'ADR-0148, Kubeconfig Port Drift, permanent fix',
    kind: 'rule',
    provenBy: ['api-bindings-are-as-declared'],
  },
  {
    id: 'endpoints.tls-verifies',
    statement:
      'TLS to the API verifies against the CA in the kubeconfig. A handshake that fails on the ' +
      'old port means that another service answers there.',
    source:
      'ADR-0148, Kubeconfig Port Drift, tls errors; ' +
      'joelclaw history, 2026-05-30: verification switched off',
    kind: 'lesson',
    provenBy: ['tls-verifies', 'drill:api-port-drifts'],
  },
  {
    id: 'endpoints.context-is-this-cluster',
    statement:
      'The selected context is alive and belongs to this cluster; its place in the list of ' +
      'contexts does not decide.',
    story:
      'the context of a dead cluster, admin@joelclaw, sorted first by name, ' +
      'and every check that picked it went nowhere',
    source:
      'k8s skill (first vintage), Key Files; ' +
      'joelclaw history, 2026-02: dead context admin@joelclaw on port 63324',
    kind: 'lesson',
    provenBy: ['context-is-this-cluster', 'fix:regenerate-kubeconfig'],
  },
]
