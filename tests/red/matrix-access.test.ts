// Fault by invariant, whole: the ways in, and the way of the traffic.
import { breaks } from './breaks.ts'
import { prove } from './prove.ts'

prove('endpoints', breaks.endpoints)
prove('exposure', breaks.exposure)
