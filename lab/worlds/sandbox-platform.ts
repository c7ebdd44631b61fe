// The objects that a real Kubernetes node has before the first deployment.
import { builtIn } from './platform/built-in.ts'
import { coreDns } from './platform/core-dns.ts'
import { flannel } from './platform/flannel.ts'
import { localPathStorage } from './platform/local-path-storage.ts'
import { applied, type Platform } from './platform/manifests.ts'

/** In order of creation. */
export const platform: readonly Platform[] = [
  ...builtIn,
  ...[...flannel, ...coreDns, ...localPathStorage].map(applied),
]
