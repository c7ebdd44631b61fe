// Compares the lab with a live node: npm run test:fidelity. It needs Docker and a kubectl, so npm
// test does not include it.
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
