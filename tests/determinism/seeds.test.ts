// Each drill in a world of another seed than that of all other tests; in its share of a hundred of them: npm run test:seeds.
import { sameForEverySeed } from './seeds.ts'

sameForEverySeed(() => [], [0, 1], 17)
