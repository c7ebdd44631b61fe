// The whole matrix of breaks and invariants, part 1: access to the cluster, and the path of the
// traffic.
import { breaks } from './breaks.ts'
import { prove } from './prove.ts'

prove('endpoints', breaks.endpoints)
prove('exposure', breaks.exposure)
