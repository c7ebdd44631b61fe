// The whole matrix of breaks and invariants, part 3: storage, the host below the cluster, and known
// traps of single services.
import { breaks } from './breaks.ts'
import { prove } from './prove.ts'

prove('storage', breaks.storage)
prove('host', breaks.host)
prove('services', breaks.services)
