// The tests on real nodes: npm run test:container. They need Docker, and are no part of npm test.
import { defineConfig } from 'vitest/config'
import { root } from '#tests/project/source.ts'

export default defineConfig({
  test: {
    name: 'container',
    root,
    include: ['tests/container/*.test.ts'],
    globalSetup: ['tests/container/node.ts'],
    // A file for each of the two nodes, side by side: most of a drill is waiting.
    maxWorkers: 2,
    // A drill has its own budgets; this is for one that hangs. @source specs/chaos: the longest
    // gives up after 10 min
    testTimeout: 700_000,
    reporters: ['verbose'],
  },
})
