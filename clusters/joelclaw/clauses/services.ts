// Services: traps of single services that have sprung once.
import type { ClauseInput } from '../../../helpers/words/index.ts'

export const services: readonly ClauseInput[] = [
  {
    id: 'services.no-dkron-name',
    says: 'No Service is called just dkron: Kubernetes would hand every pod DKRON_ variables that Dkron reads as its configuration. The names are dkron-svc and dkron-peer.',
    source: 'k8s skill (later vintage), Danger Zones, Dkron service-name collision',
    kind: 'danger',
  },
  {
    id: 'services.dkron-root',
    says: 'Dkron runs as root: hardened to another user it cannot write its snapshots on the local-path claim and crash-loops.',
    source: 'k8s skill (later vintage), Danger Zones, Dkron PVC permissions',
    kind: 'danger',
  },
  {
    id: 'services.aistor-isolated',
    says: 'The AIStor object store lives in its own namespace: in joelclaw it would take over the Service minio that older clients use.',
    source: 'k8s skill (later vintage), Danger Zones, AIStor service-name collision',
    kind: 'danger',
  },
  {
    id: 'services.aistor-webhook-off',
    says: 'The webhook of the AIStor object-store operator is off: repeated upgrades fail over who owns its CA bundle.',
    source: 'k8s skill (later vintage), Danger Zones, AIStor operator webhook',
    kind: 'danger',
  },
  {
    id: 'services.minio-tag',
    says: 'No container uses the MinIO release tag that its registry does not have: the pull fails and the pod never starts.',
    source: 'k8s skill (later vintage), Danger Zones, MinIO pinned tag',
    kind: 'danger',
  },
  {
    id: 'services.legacy-host-alias',
    says: 'No manifest names the host by the alias of the former container runtime: it does not resolve here, and works only as long as nobody uses it.',
    source: 'k8s skill (first vintage), Danger Zones, 3',
    kind: 'danger',
  },
  {
    id: 'services.images-pinned',
    says: 'Images carry a tag that stays, and start from the cache when the registry is out of reach.',
    source: 'joelclaw history, 2026-07-19: registry unreachable from the cluster',
    kind: 'lesson',
    status: 'planned',
  },
]
