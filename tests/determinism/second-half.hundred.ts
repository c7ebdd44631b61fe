// The second half of the drills over a hundred seeds, in a separate file so that both halves run in
// parallel.
import { hundred, sameForEverySeed } from './seeds.ts'

sameForEverySeed(hundred, [1, 2])
