// Storage: what a claim holds, and what must never happen to it.
import type { ClauseInput } from '#src/model/index.ts'

export const storage: readonly ClauseInput[] = [
  {
    id: 'storage.claims-known',
    statement:
      'Each claim is known with what would be lost with it: the bus state of Redis, the indices of Typesense, the run history of Inngest, the repositories of the PDS.',
    source: 'ADR-0148, PVC Data Protection',
    kind: 'must',
    provenBy: ['critical-claims-are-bound', 'claims-are-registered'],
  },
  {
    id: 'storage.claims-backed-up',
    statement:
      'Each claim has a young backup that is not empty; a job that ended well is no backup.',
    source:
      'ADR-0148, PVC Data Protection, to do; joelclaw history, 2026-07-26: 174 failed Redis backups reported as done',
    kind: 'must',
    provenBy: ['critical-data-survive'],
  },
  {
    id: 'storage.never-delete-claim',
    statement:
      'A claim is never deleted by a healer: the reclaim policy is Delete, so the data goes with it.',
    source: 'ADR-0148, PVC Data Protection; k8s skill (first vintage), Resilience Rules, rule 4',
    kind: 'must',
    provenBy: ['critical-data-survive', 'volumes-are-retained', 'guard:delete-claim'],
  },
  {
    id: 'storage.never-delete-volume',
    statement: 'A volume is never deleted by a healer: behind local-path it is the only copy.',
    source: 'k8s skill (first vintage), Resilience Rules, rule 4',
    kind: 'must',
    provenBy: ['guard:delete-volume'],
  },
  {
    id: 'storage.class-explicit',
    statement:
      'A claim names its storage class, so that a lost default annotation does not leave it pending after a rebuild.',
    source: 'joelclaw history, 2026-04-19: rebuild',
    kind: 'lesson',
    provenBy: ['claims-name-their-class'],
  },
]
