// One half of the drills over a hundred seeds; the other is in a file of its own, for a thread of its own.
import { sameForEverySeed } from './seeds.ts'

sameForEverySeed(1, 2)
