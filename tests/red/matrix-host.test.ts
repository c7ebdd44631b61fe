// Fault by invariant, whole: storage, the host below the cluster, and the traps of single services.
import { breaks } from './breaks.ts'
import { prove } from './prove.ts'

prove('storage', breaks.storage)
prove('host', breaks.host)
prove('services', breaks.services)
