// Storage: what a claim holds, and what must never happen to it.
import type { ClauseInput } from '#src/model/index.ts'

export const storage: readonly ClauseInput[] = [
  {
    id: 'storage.claims-known',
    statement:
      'The policy lists each claim with what would be lost with it: the bus state of Redis, the ' +
      'indices of Typesense, the run history of Inngest, the repositories of the PDS.',
    source: 'ADR-0148, PVC Data Protection',
    kind: 'must',
    provenBy: ['critical-claims-are-bound', 'claims-are-registered'],
  },
  {
    id: 'storage.claims-backed-up',
    statement:
      'Each claim has a recent backup that is not empty; a job that succeeded proves no backup.',
    story: 'backups reported success for two months and saved nothing',
    source:
      'ADR-0148, PVC Data Protection, to do; ' +
      'joelclaw history, 2026-07-26: 174 failed Redis backups reported as done',
    kind: 'must',
    provenBy: ['critical-data-survive'],
  },
  {
    id: 'storage.never-delete-claim',
    statement: 'No healer deletes a claim: the reclaim policy is Delete, so the data goes with it.',
    source: 'ADR-0148, PVC Data Protection; k8s skill (first vintage), Resilience Rules, rule 4',
    kind: 'must',
    provenBy: ['critical-data-survive', 'volumes-are-retained', 'guard:delete-claim'],
  },
  {
    id: 'storage.never-delete-volume',
    statement: 'No healer deletes a volume: behind local-path it is the only copy.',
    source: 'k8s skill (first vintage), Resilience Rules, rule 4',
    kind: 'must',
    provenBy: ['guard:delete-volume'],
  },
  {
    id: 'storage.class-explicit',
    statement:
      'A claim names its storage class, so that a lost default annotation ' +
      'does not leave it Pending after a rebuild.',
    source: 'joelclaw history, 2026-04-19: rebuild',
    kind: 'lesson',
    provenBy: ['claims-name-their-class'],
  },
]
