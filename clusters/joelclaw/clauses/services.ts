// Services: known traps of single services.
import type { ClauseInput } from '#src/model/index.ts'

export const services: readonly ClauseInput[] = [
  {
    id: 'services.no-dkron-name',
    statement:
      'No Service is named dkron: Kubernetes would set DKRON_ variables in every pod, which ' +
      'Dkron reads as its configuration. The names are dkron-svc and dkron-peer.',
    source: 'k8s skill (later vintage), Danger Zones, Dkron service-name collision',
    kind: 'danger',
    provenBy: ['no-harmful-service-name', 'settings-are-not-injected'],
  },
  {
    id: 'services.dkron-root',
    statement:
      'Dkron runs as root: as another user it cannot write its snapshots ' +
      'on the local-path claim and crash-loops.',
    source: 'k8s skill (later vintage), Danger Zones, Dkron PVC permissions',
    kind: 'danger',
    provenBy: ['root-where-needed'],
  },
  {
    id: 'services.aistor-isolated',
    statement:
      'The AIStor object store has its own namespace: in joelclaw it would take over ' +
      'the Service minio that older clients use.',
    source: 'k8s skill (later vintage), Danger Zones, AIStor service-name collision',
    kind: 'danger',
    provenBy: ['no-harmful-service-name'],
  },
  {
    id: 'services.aistor-webhook-off',
    statement:
      'The webhook of the AIStor object-store operator is off: ' +
      'repeated upgrades conflict over the ownership of its CA bundle.',
    source: 'k8s skill (later vintage), Danger Zones, AIStor operator webhook',
    kind: 'danger',
    provenBy: ['conflicting-webhooks-stay-off'],
  },
  {
    id: 'services.minio-tag',
    statement:
      'No container uses the MinIO release tag that its registry lacks: ' +
      'the pull fails and the pod never starts.',
    source: 'k8s skill (later vintage), Danger Zones, MinIO pinned tag',
    kind: 'danger',
    provenBy: ['no-unavailable-image'],
  },
  {
    id: 'services.legacy-host-alias',
    statement:
      'No manifest names the host by the alias of the former container runtime: ' +
      'the alias does not resolve in this cluster.',
    source: 'k8s skill (first vintage), Danger Zones, 3',
    kind: 'danger',
    provenBy: ['no-legacy-host-alias'],
  },
  {
    id: 'services.images-pinned',
    statement: 'Images have a fixed tag: a restart runs the same program as before.',
    source:
      'joelclaw history, 2026-07-19: registry unreachable from the cluster; manifests of 2026-08',
    kind: 'lesson',
    provenBy: ['images-are-pinned'],
  },
  {
    id: 'services.starts-without-registry',
    statement:
      'A container starts from the image cache of its node when the registry is unreachable: ' +
      'no container pulls at every start.',
    story: 'the registry was unreachable from the cluster',
    source: 'joelclaw history, 2026-07-19: registry unreachable from the cluster',
    kind: 'lesson',
    provenBy: ['images-start-from-cache'],
  },
  {
    id: 'services.resources-stated',
    statement:
      'Each container requests CPU and memory and has a memory limit: ' +
      'when memory is short, the kubelet evicts a container without requests first.',
    story: 'Typesense was killed at its memory limit, and later the whole node ran at its cap',
    source:
      'joelclaw history, 2026-03-14 and 2026-04-20: ' +
      'Typesense killed at its limit, the whole node at its cap',
    kind: 'lesson',
    provenBy: ['containers-state-their-needs'],
  },
  {
    id: 'services.no-plain-secrets',
    statement:
      'No manifest holds a key or a password, and the folder that is applied holds no example ' +
      'Secret: it would overwrite the real one.',
    story: 'manifests held keys in plain text, and the folder that is applied an example Secret',
    source:
      'joelclaw history, manifests of 2026-08: ' +
      'keys in plain text, an example Secret in the folder that is applied',
    kind: 'lesson',
    provenBy: ['no-plain-secrets'],
  },
  {
    id: 'services.references-lead-somewhere',
    statement:
      'A manifest creates each object from which a pod takes settings or keys, or the policy ' +
      'lists it as created elsewhere: a rebuild does not bring back what no list holds.',
    story: 'a rebuild came up without the Secrets that no manifest creates',
    source: 'joelclaw history, 2026-04-19: rebuild without the Secrets that no manifest makes',
    kind: 'lesson',
    provenBy: ['references-lead-somewhere'],
  },
  {
    id: 'services.injected-variables',
    statement:
      'A program sets its own value for each variable that it reads and that a Service of its ' +
      'namespace injects: the manifest gives the worker host and port of Redis.',
    source:
      'k8s skill (later vintage), Danger Zones, Dkron service-name collision; ' +
      'joelclaw history, manifests of 2026-08: the worker is given REDIS_PORT',
    kind: 'lesson',
    provenBy: ['settings-are-not-injected'],
  },
]
