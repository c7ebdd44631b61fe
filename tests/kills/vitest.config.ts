// Real processes that are really killed, on a real node: npm run test:kills. It needs Docker and
// minutes, and is no part of npm test.
import { defineConfig } from 'vitest/config'
import { root } from '#tests/project/source.ts'

export default defineConfig({
  test: {
    name: 'kills',
    root,
    include: ['tests/kills/*.kills.ts'],
    globalSetup: ['tests/kills/node.ts'],
    pool: 'threads',
    // One node, and one thing at a time on it.
    fileParallelism: false,
    // Five points of one scenario, or ten rounds of two processes; this is for one that hangs.
    // @source measured on a v1.35 node: 15 s a point at most
    testTimeout: 600_000,
    hookTimeout: 120_000,
    reporters: ['verbose'],
  },
})
