// Kills real processes on a real node: npm run test:kills. It needs Docker and takes minutes, so
// npm test does not include it.
import { defineConfig } from 'vitest/config'
import { root } from '#tests/project/source.ts'

export default defineConfig({
  test: {
    name: 'kills',
    root,
    include: ['tests/kills/*.kills.ts'],
    globalSetup: ['tests/kills/node.ts'],
    pool: 'threads',
    // All tests share one node, so they run one after the other.
    fileParallelism: false,
    // The limit for a test that hangs. A test covers five points of one drill, or ten rounds of two
    // processes. @source measured on a v1.35 node: 15 s a point at most
    testTimeout: 600_000,
    hookTimeout: 120_000,
    reporters: ['verbose'],
  },
})
