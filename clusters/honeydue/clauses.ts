// The duties of honeydue, from the edge inward, in the order of its failure catalogue.
import type { ClauseInput } from '#src/model/index.ts'
import { application } from './clauses/application.ts'
import { catalogue } from './clauses/catalogue.ts'
import { controlplane } from './clauses/controlplane.ts'
import { diagnosis } from './clauses/diagnosis.ts'
import { disaster } from './clauses/disaster.ts'
import { edge } from './clauses/edge.ts'
import { external } from './clauses/external.ts'
import { network } from './clauses/network.ts'
import { nodes } from './clauses/nodes.ts'
import { observability } from './clauses/observability.ts'
import { outages } from './clauses/outages.ts'

export const clauses: ClauseInput[] = [
  ...catalogue,
  ...edge,
  ...nodes,
  ...controlplane,
  ...observability,
  ...network,
  ...application,
  ...external,
  ...diagnosis,
  ...outages,
  ...disaster,
]
