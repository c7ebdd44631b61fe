// Incident: Typesense hangs. With a liveness probe the kubelet restarts it; without one only its
// users notice. (ADR-0148, Health Probes)
import { takeLiveness } from '#helpers/kubernetes/faults/probes.ts'
import { giveLiveness } from '#helpers/kubernetes/faults/probes.ts'
import { freeze } from '#helpers/docker/faults.ts'
import { drill, verify, type Policy, present } from '#helpers/index.ts'
import { portsAnswer } from '#specs/invariants/exposure.spec.ts'
import { steadyState } from '#specs/invariants/index.ts'

const incident = {
  story:
    'a hung Typesense stayed Running while every query waited; the policy lists its missing ' +
    'liveness probe as a gap',
  source: 'ADR-0148, Health Probes, Current gaps to fix; joelclaw history, 2026-08-05',
}

const freezeIt = ({ drillTargets: { hanging } }: Policy) =>
  present(hanging).map(({ program }) => freeze({ program }))
const services = ({ drillTargets: { hanging } }: Policy) => present(hanging).map(({ port }) => port)

export const typesenseHangs = drill({
  name: 'typesense-hangs',
  title: 'a hung Typesense with a liveness probe is restarted by its kubelet',
  incident,
  setup: ({ drillTargets: { hanging } }) =>
    present(hanging).map(({ namespace, name, container, liveness }) =>
      giveLiveness({ namespace, name, container, probe: liveness }),
    ),
  steadyState,
  targets: ['hanging'],
  faults: freezeIt,
  breaks: [{ invariant: portsAnswer, within: '30 s' }],
  healer: 'cluster',
  expects: [],
  services,
  // Three failures 10 s apart, 60 s of grace for a frozen process, and its warm-up. @source
  // Kubernetes defaults; joelclaw history, manifests
  budgets: { detected: '30 s', 'service answering': '240 s', recovered: '300 s' },
  stability: '30 s',
})

export const typesenseHangsUnnoticed = drill({
  name: 'typesense-hangs-unnoticed',
  title: 'a hung Typesense without a liveness probe fails its check and is restarted by a fix',
  incident,
  setup: ({ drillTargets: { hanging } }) =>
    present(hanging)
      .filter(({ guarded }) => guarded)
      .map(({ namespace, name, container }) => takeLiveness({ namespace, name, container })),
  steadyState,
  targets: ['hanging'],
  faults: freezeIt,
  breaks: [{ invariant: portsAnswer, within: '30 s' }],
  healer: 'holdfast',
  expects: ['restart-workload'],
  services,
  // Seen three times 10 s apart, up to 60 s of grace for a frozen process, and its warm-up. @source
  // Kubernetes default; joelclaw history, manifests
  budgets: { detected: '30 s', 'service answering': '240 s', recovered: '300 s' },
  stability: '30 s',
})

verify(import.meta, typesenseHangs, typesenseHangsUnnoticed)
