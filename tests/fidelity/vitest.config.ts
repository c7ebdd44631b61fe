// The lab against a live node: npm run test:fidelity. It needs Docker and a kubectl, and is no part
// of npm test.
import { defineConfig } from 'vitest/config'
import { root } from '#tests/project/source.ts'

export default defineConfig({
  test: {
    name: 'fidelity',
    root,
    include: ['tests/fidelity/live.check.ts'],
    globalSetup: ['tests/fidelity/node.ts'],
    fileParallelism: false,
    reporters: ['verbose'],
  },
})
