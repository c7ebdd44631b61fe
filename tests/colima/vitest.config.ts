// The tests on a real Colima: npm run test:colima. Each boot takes minutes and the tests break a
// profile, so npm test does not include them.
import { defineConfig } from 'vitest/config'
import { root } from '#tests/project/source.ts'

export default defineConfig({
  test: {
    name: 'colima',
    root,
    include: ['tests/colima/*.machine.ts'],
    globalSetup: ['tests/colima/machine.ts'],
    // All tests share one machine, so they run one after the other.
    fileParallelism: false,
    // A drill boots the machine, and another boot may come before. @source colima, recorded: a
    // restart took up to 496 s
    testTimeout: 1_800_000,
    hookTimeout: 900_000,
    reporters: ['verbose'],
  },
})
