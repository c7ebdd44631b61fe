// The duties of TazLab, in the order of its document.
import type { ClauseInput } from '#src/model/index.ts'
import { ingress } from './clauses/ingress.ts'
import { network } from './clauses/network.ts'
import { nodes } from './clauses/nodes.ts'
import { recovery } from './clauses/recovery.ts'
import { storage } from './clauses/storage.ts'

export const clauses: ClauseInput[] = [...nodes, ...network, ...storage, ...ingress, ...recovery]
