// Services: traps of single services that have sprung once.
import type { ClauseInput } from '#src/model/index.ts'

export const services: readonly ClauseInput[] = [
  {
    id: 'services.no-dkron-name',
    statement:
      'No Service is called just dkron: Kubernetes would hand every pod DKRON_ variables that Dkron reads as its configuration. The names are dkron-svc and dkron-peer.',
    source: 'k8s skill (later vintage), Danger Zones, Dkron service-name collision',
    kind: 'danger',
    provenBy: ['no-harmful-service-name', 'settings-are-not-injected'],
  },
  {
    id: 'services.dkron-root',
    statement:
      'Dkron runs as root: hardened to another user it cannot write its snapshots on the local-path claim and crash-loops.',
    source: 'k8s skill (later vintage), Danger Zones, Dkron PVC permissions',
    kind: 'danger',
    provenBy: ['root-where-needed'],
  },
  {
    id: 'services.aistor-isolated',
    statement:
      'The AIStor object store lives in its own namespace: in joelclaw it would take over the Service minio that older clients use.',
    source: 'k8s skill (later vintage), Danger Zones, AIStor service-name collision',
    kind: 'danger',
    provenBy: ['no-harmful-service-name'],
  },
  {
    id: 'services.aistor-webhook-off',
    statement:
      'The webhook of the AIStor object-store operator is off: repeated upgrades fail over who owns its CA bundle.',
    source: 'k8s skill (later vintage), Danger Zones, AIStor operator webhook',
    kind: 'danger',
    provenBy: ['conflicting-webhooks-stay-off'],
  },
  {
    id: 'services.minio-tag',
    statement:
      'No container uses the MinIO release tag that its registry does not have: the pull fails and the pod never starts.',
    source: 'k8s skill (later vintage), Danger Zones, MinIO pinned tag',
    kind: 'danger',
    provenBy: ['no-unavailable-image'],
  },
  {
    id: 'services.legacy-host-alias',
    statement:
      'No manifest names the host by the alias of the former container runtime: it does not resolve here, and works only as long as nobody uses it.',
    source: 'k8s skill (first vintage), Danger Zones, 3',
    kind: 'danger',
    provenBy: ['no-legacy-host-alias'],
  },
  {
    id: 'services.images-pinned',
    statement: 'Images carry a tag that stays: what runs after a restart is what ran before it.',
    source:
      'joelclaw history, 2026-07-19: registry unreachable from the cluster; manifests of 2026-08',
    kind: 'lesson',
    provenBy: ['images-are-pinned'],
  },
  {
    id: 'services.starts-without-registry',
    statement:
      'A container starts from the cache of its node when the registry is out of reach: none pulls at every start.',
    source: 'joelclaw history, 2026-07-19: registry unreachable from the cluster',
    kind: 'lesson',
    provenBy: ['images-start-from-cache'],
  },
  {
    id: 'services.resources-stated',
    statement:
      'Each container says what processor and memory it needs, and how much memory it may take: one that does not is the first to go when the node is short of it.',
    source:
      'joelclaw history, 2026-03-14 and 2026-04-20: Typesense killed at its limit, the whole node at its cap',
    kind: 'lesson',
    provenBy: ['containers-state-their-needs'],
  },
  {
    id: 'services.no-plain-secrets',
    statement:
      'No key and no password stands in a manifest, and no example of a Secret lies where it is applied: it would overwrite the real one.',
    source:
      'joelclaw history, manifests of 2026-08: keys in plain text, an example Secret in the folder that is applied',
    kind: 'lesson',
    provenBy: ['no-plain-secrets'],
  },
  {
    id: 'services.references-lead-somewhere',
    statement:
      'What a pod takes its settings and keys from is made by a manifest, or known by name to be made in another way: a rebuild brings back nothing that nobody has listed.',
    source: 'joelclaw history, 2026-04-19: rebuild without the Secrets that no manifest makes',
    kind: 'lesson',
    provenBy: ['references-lead-somewhere'],
  },
  {
    id: 'services.injected-variables',
    statement:
      'A program that reads a variable which a Service of its namespace injects has its own value of it: the worker is told host and port of Redis.',
    source:
      'k8s skill (later vintage), Danger Zones, Dkron service-name collision; joelclaw history, manifests of 2026-08: the worker is given REDIS_PORT',
    kind: 'lesson',
    provenBy: ['settings-are-not-injected'],
  },
]
