// joelclaw's policy with every rule for manifests, for a namespace that is still empty.
import type { Policy } from '#src/model/index.ts'
import { joelclaw } from '#tests/red/world.ts'
import { namespace } from './objects.ts'

export const strict: Policy = {
  ...joelclaw,
  namespaces: [...joelclaw.namespaces, namespace],
  taints: { controlPlane: 'tolerate', templatesTolerate: false, tolerated: [] },
  manifests: {
    ...joelclaw.manifests,
    probes: {
      outlastWarmUp: true,
      livenessDiffers: [`${namespace}/web`],
      dependencyPaths: ['/health/deep'],
    },
    ports: { ...joelclaw.manifests.ports, range: { from: 1024, to: 40_000 } },
    variables: [
      {
        namespace,
        workload: 'web',
        reads: ['CACHE_PORT', 'CACHE_SERVICE_PORT_HTTP'],
        because: 'it wants a number',
      },
    ],
    images: { pinned: 'tag', fromCache: true },
    claims: {
      namedClass: true,
      defaultClass: 'local-path',
      registered: true,
      retained: true,
      oneWriter: true,
    },
    drains: true,
    confinement: ['non-root', 'unprivileged', 'no-escalation', 'own-namespaces', 'no-host-paths'],
    noPlainSecrets: true,
    selectors: true,
    references: { elsewhere: [{ kind: 'Secret', namespace, name: 'made-by-hand' }] },
  },
  storage: {
    ...joelclaw.storage,
    claims: [
      ...joelclaw.storage.claims,
      ...['data', 'data-web-0'].map(name => ({
        namespace,
        name,
        holds: 'what is tried',
        backup: { by: 'retain' as const },
      })),
    ],
  },
}
