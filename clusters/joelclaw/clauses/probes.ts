// Probes: how a container tells that it starts, serves and lives.
import type { ClauseInput } from '#src/model/index.ts'

export const probes: readonly ClauseInput[] = [
  {
    id: 'probes.liveness',
    statement:
      'Every long-running container has a liveness probe, so that a hung process is restarted rather than left as a zombie.',
    source: 'ADR-0148, Health Probes; k8s skill (first vintage), Resilience Rules, rule 2',
    kind: 'must',
    provenBy: ['containers-have-probes', 'drill:typesense-hangs', 'fix:restart-workload'],
  },
  {
    id: 'probes.readiness',
    statement:
      'Every long-running container has a readiness probe, so that it gets traffic only while it can serve.',
    source: 'ADR-0148, Health Probes; k8s skill (first vintage), Resilience Rules, rule 2',
    kind: 'must',
    provenBy: ['containers-have-probes'],
  },
  {
    id: 'probes.startup',
    statement:
      'Every long-running container has a startup probe, so that liveness does not kill what is still coming up.',
    source: 'ADR-0148, Health Probes; k8s skill (first vintage), Resilience Rules, rule 2',
    kind: 'must',
    provenBy: ['containers-have-probes'],
  },
  {
    id: 'probes.known-gaps',
    statement:
      'The gaps are known by name, have an owner and a last day: Typesense lacks liveness, the PDS readiness and startup, the worker startup. A gap that is not on the list is a violation.',
    source: 'ADR-0148, Health Probes, current gaps; k8s skill (first vintage), Current Probe Gaps',
    kind: 'rule',
    provenBy: ['containers-have-probes', 'drill:typesense-hangs-unnoticed'],
  },
  {
    id: 'probes.host-network-loopback',
    statement:
      'A container on the host network is probed on 127.0.0.1: on the address of the node the probe of LiveKit failed and restarted it for ever.',
    source: 'joelclaw history, 2026-02-26: LiveKit reconcile after each Helm upgrade',
    kind: 'lesson',
    provenBy: ['host-network-probes-pin-loopback'],
  },
  {
    id: 'probes.startup-outlasts-warm-up',
    statement:
      'A startup probe allows at least the slowest warm-up that is known, or it kills the container that it is there to spare.',
    source: 'joelclaw history, 2026-04-15: Typesense warmed up again and again',
    kind: 'lesson',
    provenBy: ['startup-outlasts-warm-up'],
  },
  {
    id: 'probes.data-path',
    statement:
      'Health is asked of the data path: a Typesense with all its threads blocked answered its health page for four days.',
    source: 'joelclaw history, 2026-08-05: Typesense hung behind a healthy health page',
    kind: 'lesson',
    status: 'planned',
  },
]
