// The tests on a real Talos node in Docker: npm run test:talos. They need Docker and kubectl, the
// image that HOLDFAST_TALOS_IMAGE names, and the talosctl in the folder HOLDFAST_TALOSCTL.
import { defineConfig } from 'vitest/config'
import { root } from '#tests/project/source.ts'

export default defineConfig({
  test: {
    name: 'talos',
    root,
    include: ['tests/talos/*.machine.ts'],
    // A node is Ready 94 s after its start and 78 s after a restart. @source measured, v1.12.6
    testTimeout: 600_000,
    hookTimeout: 600_000,
    sequence: { concurrent: false },
    reporters: ['verbose'],
  },
})
