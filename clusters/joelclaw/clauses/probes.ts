// Probes: the checks that show whether a container starts, serves and lives.
import type { ClauseInput } from '#src/model/index.ts'

export const probes: readonly ClauseInput[] = [
  {
    id: 'probes.liveness',
    statement:
      'Every long-running container has a liveness probe, ' +
      'so that the kubelet restarts a hung process.',
    story: 'the data path of Typesense hung for four days and no probe noticed',
    source: 'ADR-0148, Health Probes; k8s skill (first vintage), Resilience Rules, rule 2',
    kind: 'must',
    provenBy: ['containers-have-probes', 'drill:typesense-hangs', 'fix:restart-workload'],
  },
  {
    id: 'probes.readiness',
    statement:
      'Every long-running container has a readiness probe, ' +
      'so that it gets traffic only while it can serve.',
    source: 'ADR-0148, Health Probes; k8s skill (first vintage), Resilience Rules, rule 2',
    kind: 'must',
    provenBy: ['containers-have-probes'],
  },
  {
    id: 'probes.startup',
    statement:
      'Every long-running container has a startup probe, ' +
      'so that liveness does not kill it while it starts.',
    source: 'ADR-0148, Health Probes; k8s skill (first vintage), Resilience Rules, rule 2',
    kind: 'must',
    provenBy: ['containers-have-probes'],
  },
  {
    id: 'probes.known-gaps',
    statement:
      'Each known gap has a name, an owner and a last day: Typesense lacks liveness, the PDS ' +
      'readiness and startup, the worker startup. A gap that is not on the list is a violation.',
    source: 'ADR-0148, Health Probes, current gaps; k8s skill (first vintage), Current Probe Gaps',
    kind: 'rule',
    provenBy: ['containers-have-probes', 'drill:typesense-hangs-unnoticed'],
  },
  {
    id: 'probes.host-network-loopback',
    statement: 'The probes of a container on the host network ask 127.0.0.1.',
    story: 'LiveKit was probed on the address of the node and restarted for ever',
    source: 'joelclaw history, 2026-02-26: LiveKit reconcile after each Helm upgrade',
    kind: 'lesson',
    provenBy: ['host-network-probes-pin-loopback'],
  },
  {
    id: 'probes.startup-outlasts-warm-up',
    statement:
      'A startup probe allows at least the slowest known warm-up: ' +
      'a shorter one kills the container that it should protect.',
    story: 'the probe killed Typesense during each warm-up',
    source: 'joelclaw history, 2026-04-15: Typesense warmed up again and again',
    kind: 'lesson',
    provenBy: ['startup-outlasts-warm-up'],
  },
  {
    id: 'probes.data-path',
    statement: 'A health check asks the data path.',
    story: 'Typesense hung with all its threads blocked and answered its health page for four days',
    source: 'joelclaw history, 2026-08-05: Typesense hung behind a healthy health page',
    kind: 'lesson',
    status: 'planned',
  },
]
