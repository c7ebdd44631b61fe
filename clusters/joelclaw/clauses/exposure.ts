// Exposure: how traffic from the Mac gets to a pod, and what may never carry it.
import type { ClauseInput } from '#src/model/index.ts'

export const exposure: readonly ClauseInput[] = [
  {
    id: 'exposure.nodeport-only',
    statement:
      'The host reaches a service that it depends on through a NodePort behind a Docker mapping ' +
      'of the Talos container, and in no other way.',
    source: 'ADR-0148, Service Exposure',
    kind: 'must',
    provenBy: ['host-ports-are-known', 'host-services-use-nodeports'],
  },
  {
    id: 'exposure.no-persistent-port-forward',
    statement:
      'No service in use runs over kubectl port-forward. The one exception is a tunnel that a ' +
      'command opens to an in-cluster control surface and closes before it ends.',
    source: 'ADR-0148, Service Exposure; k8s skill (later vintage), Resilience Rules, rule 1',
    kind: 'must',
    provenBy: [
      'no-persistent-port-forward',
      'drill:port-forward-dies-silently',
      'fix:end-dead-port-forward',
    ],
  },
  {
    id: 'exposure.never-forward-ourselves',
    statement: 'A healer never brings a port back with a port-forward.',
    source: 'k8s skill (first vintage), Resilience Rules, rule 1',
    kind: 'must',
    provenBy: ['guard:port-forward'],
  },
  {
    id: 'exposure.nodeport-equals-container-port',
    statement:
      'A NodePort equals the container side of its Docker mapping, whatever the host port is.',
    source: 'k8s skill (first vintage), Services, rule below the table',
    kind: 'rule',
    provenBy: [
      'host-services-use-nodeports',
      'port-table-agrees',
      'drill:pds-nodeport-reset',
      'fix:patch-nodeport',
    ],
  },
  {
    id: 'exposure.pds-nodeport-3000',
    statement:
      'Docker maps 9627→3000 for the PDS, so its NodePort is 3000. ' +
      'Each Helm upgrade resets it, and it has to be patched back.',
    source: 'k8s skill (first vintage), Services, PDS port trap; Deploy Commands',
    kind: 'danger',
    provenBy: ['host-services-use-nodeports', 'drill:pds-nodeport-reset', 'fix:patch-nodeport'],
  },
  {
    id: 'exposure.add-port-procedure',
    statement:
      'A new port needs no new cluster, but three steps that belong together: the binding in ' +
      'both Docker files, the NodePort of the same number, the row in the port table.',
    source: 'ADR-0148, Service Exposure, steps 1 to 3; k8s skill (first vintage), Danger Zones, 2',
    kind: 'checklist',
    provenBy: ['port-table-agrees'],
  },
  {
    id: 'exposure.port-table-agrees',
    statement:
      'The port table, the bindings of the node container and the Services agree, ' +
      'and the table lists every binding and NodePort.',
    source: 'ADR-0148, Service Exposure, step 3',
    kind: 'checklist',
    provenBy: ['port-table-agrees'],
  },
  {
    id: 'exposure.port-answers-its-application',
    statement:
      'Each mapped port answers its own application check: PONG, OK, ok:true, status 200, ' +
      'a version. An accepted connection proves nothing.',
    story: 'another program once answered 403 on the port of a service',
    source: 'k8s skill (first vintage), Quick Health Check',
    kind: 'rule',
    provenBy: [
      'ports-answer-their-application',
      'drill:typesense-hangs-unnoticed',
      'fix:restart-workload',
    ],
  },
  {
    id: 'exposure.nodeport-leaves-node-ports',
    statement:
      'No NodePort takes a port that the node or another Service needs: ' +
      'this cluster allows NodePorts over the whole range.',
    source: 'joelclaw history, recreation of the cluster: NodePorts from 1 to 65535',
    kind: 'lesson',
    provenBy: ['nodeports-are-free'],
  },
  {
    id: 'exposure.one-owner-per-port',
    statement:
      'A host port has one owner: a stale mapping keeps the process of the Mac that serves the ' +
      'same port from starting.',
    story: 'a stale binding of 3111 kept the worker of the Mac from starting',
    source: 'joelclaw history, 2026-04-12: stale binding of 3111 blocked the host worker',
    kind: 'lesson',
    status: 'planned',
  },
]
