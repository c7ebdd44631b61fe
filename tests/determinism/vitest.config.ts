// A hundred worlds: npm run test:seeds. It takes a minute of CPU time, so npm test includes only
// one world.
import { defineConfig } from 'vitest/config'
import { root } from '#tests/project/source.ts'

export default defineConfig({
  test: {
    name: 'seeds',
    root,
    include: ['tests/determinism/*.hundred.ts'],
    pool: 'threads',
    isolate: false,
    maxWorkers: 2,
    testTimeout: 600_000,
    reporters: ['verbose'],
  },
})
