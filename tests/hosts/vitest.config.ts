// The tests on machines with systemd and ssh: npm run test:hosts. They need Docker and ssh, and the
// image that HOLDFAST_HOST_IMAGE names.
import { defineConfig } from 'vitest/config'
import { root } from '#tests/project/source.ts'

export default defineConfig({
  test: {
    name: 'hosts',
    root,
    include: ['tests/hosts/*.machine.ts'],
    // A machine boots in less than a minute. A node is NotReady 50 s after its kubelet stops.
    fileParallelism: false,
    // A machine boots in less than a minute; a node is NotReady 50 s after its kubelet fell silent.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    reporters: ['verbose'],
  },
})
