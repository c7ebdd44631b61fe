// The tests on real nodes: npm run test:container. They need Docker, so npm test does not include
// them.
import { defineConfig } from 'vitest/config'
import { root } from '#tests/project/source.ts'

export default defineConfig({
  test: {
    name: 'container',
    root,
    include: ['tests/container/*.test.ts'],
    globalSetup: ['tests/container/node.ts'],
    // One file for each of the two nodes, in parallel, because drills mostly wait.
    maxWorkers: 2,
    // A drill has its own budgets. This limit is for one that hangs. @source specs/chaos: the
    // longest gives up after 10 min
    testTimeout: 700_000,
    reporters: ['verbose'],
  },
})
