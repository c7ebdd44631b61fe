// Every duty that joelclaw's three documents and its incidents lay down, in our own words, by
// section.
import type { ClauseInput } from '#src/model/index.ts'
import { endpoints } from './clauses/endpoints.ts'
import { exposure } from './clauses/exposure.ts'
import { host } from './clauses/host.ts'
import { probes } from './clauses/probes.ts'
import { recovery } from './clauses/recovery.ts'
import { services } from './clauses/services.ts'
import { storage } from './clauses/storage.ts'

export const clauses: readonly ClauseInput[] = [
  ...exposure,
  ...probes,
  ...endpoints,
  ...recovery,
  ...storage,
  ...host,
  ...services,
]
