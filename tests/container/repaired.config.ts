// The repaired manifests on a node of their own: npm run test:repaired. It needs Docker.
import { defineConfig } from 'vitest/config'
import { root } from '#tests/project/source.ts'

export default defineConfig({
  // A node starts in about a minute, its workloads in another.
  test: {
    name: 'repaired',
    root,
    include: ['tests/container/*.alone.ts'],
    testTimeout: 600_000,
    reporters: ['verbose'],
  },
})
