// Each drill in two worlds; in its share of a hundred of them: npm run test:seeds.
import { sameForEverySeed } from './seeds.ts'

sameForEverySeed(() => [1, 17])
