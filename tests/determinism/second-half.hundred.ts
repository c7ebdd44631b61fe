// One half of the drills over a hundred seeds; the other is in a file of its own, for a thread of
// its own.
import { hundred, sameForEverySeed } from './seeds.ts'

sameForEverySeed(hundred, [1, 2])
