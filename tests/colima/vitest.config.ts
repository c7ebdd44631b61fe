// The tests on a real Colima: npm run test:colima. Each boot takes minutes, and a profile is
// broken: no part of npm test.
import { defineConfig } from 'vitest/config'
import { root } from '#tests/project/source.ts'

export default defineConfig({
  test: {
    name: 'colima',
    root,
    include: ['tests/colima/*.machine.ts'],
    globalSetup: ['tests/colima/machine.ts'],
    // One machine, and one thing at a time on it.
    fileParallelism: false,
    // A drill boots it; another boot may come before. @source colima, recorded: a restart took up
    // to 496 s
    testTimeout: 1_800_000,
    hookTimeout: 900_000,
    reporters: ['verbose'],
  },
})
