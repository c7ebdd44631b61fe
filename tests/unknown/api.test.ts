// If the Kubernetes API is unusable, exactly the verdicts that need it are unknown. If it refuses
// one kind, only those that need this kind are.
import { describe, expect, test } from 'vitest'
import type { Runtime } from '#src/model/index.ts'
import { newLab } from '#tests/drills/stage.ts'
import { changes, reasons, answers, type Changes } from './changes.ts'
import { apiCuts, breakingOff } from './cuts.ts'
import { ofTheApi } from './sources.ts'

const lab = newLab()
const healthy = await answers(lab.runtime)

const half = 'breaks off in the middle'
const hows = [...Object.keys(apiCuts), half] as (keyof typeof apiCuts | typeof half)[]

/**
 * Evaluates while a cut affects the API's answers for these paths. Afterwards the API works again.
 */
async function cutting(how: (typeof hows)[number], concerns: (path: string) => boolean) {
  const answer = how === half ? undefined : apiCuts[how]
  const mend =
    answer === undefined
      ? () => {}
      : lab.api.disturb(request => (concerns(request.path) ? answer : undefined))
  const runtime: Runtime = how === half ? breakingOff(lab.runtime, concerns) : lab.runtime
  try {
    return await answers(runtime)
  } finally {
    mend()
  }
}

const on = (invariant: string, ...subjects: readonly string[]): string[] =>
  subjects.map(subject => `${invariant} · ${subject}`)
const everyContainer = ['no-legacy-host-alias', 'no-unavailable-image']
/** Rules for everything that creates pods, whatever its kind. */
const everyTemplate = [
  'containers-state-their-needs',
  'host-ports-are-known',
  'images-are-pinned',
  'images-start-from-cache',
  'no-plain-secrets',
  'references-lead-somewhere',
  'templates-tolerate-the-control-plane',
]
/** Rules about each workload. */
const deployed = ['newest-templates-run', 'workloads-have-their-replicas']
const sorted = (names: readonly string[]): readonly string[] => names.toSorted()

/** By the last segment of a path: the verdicts that are unknown without it. */
const byKind: Readonly<Record<string, readonly string[]>> = {
  pods: [
    ...on('containers-have-probes', 'pods without a controller'),
    ...everyTemplate,
    'flannel-has-its-subnet',
    'flannel-serves-every-node',
    'newest-templates-run',
    'no-pod-is-stuck',
    'no-pod-is-unknown',
    'workloads-have-their-replicas',
  ],
  nodes: [
    'flannel-serves-every-node',
    'nodes-are-ready',
    'nodes-are-schedulable',
    'taints-are-tolerated',
  ],
  services: [
    'nodeports-are-free',
    'settings-are-not-injected',
    'host-services-use-nodeports',
    'no-harmful-service-name',
    'port-table-agrees · unlisted ports',
  ],
  deployments: [
    ...on(
      'containers-have-probes',
      'aistor/adminjob-operator',
      'aistor/object-store-operator',
      'joelclaw/bluesky-pds',
      'joelclaw/livekit-server',
      'joelclaw/system-bus-worker',
    ),
    'host-network-probes-pin-loopback',
    'settings-are-not-injected',
    ...everyContainer,
    ...everyTemplate,
    ...on(
      'startup-outlasts-warm-up',
      'aistor/adminjob-operator',
      'aistor/object-store-operator',
      'joelclaw/bluesky-pds',
      'joelclaw/livekit-server',
      'joelclaw/system-bus-worker',
    ),
    ...deployed.flatMap(name =>
      on(
        name,
        'aistor/adminjob-operator',
        'aistor/object-store-operator',
        'joelclaw/bluesky-pds',
        'joelclaw/livekit-server',
        'joelclaw/system-bus-worker',
        'kube-system/coredns',
        'local-path-storage/local-path-provisioner',
      ),
    ),
  ],
  statefulsets: [
    ...on(
      'containers-have-probes',
      'aistor/aistor-s3-pool-0',
      'joelclaw/dkron',
      'joelclaw/inngest',
      'joelclaw/redis',
      'joelclaw/typesense',
    ),
    ...everyContainer,
    'root-where-needed',
    'claims-are-registered',
    'claims-name-their-class',
    'settings-are-not-injected',
    ...everyTemplate,
    ...on(
      'startup-outlasts-warm-up',
      'aistor/aistor-s3-pool-0',
      'joelclaw/dkron',
      'joelclaw/inngest',
      'joelclaw/redis',
      'joelclaw/typesense',
    ),
    ...deployed.flatMap(name =>
      on(
        name,
        'aistor/aistor-s3-pool-0',
        'joelclaw/dkron',
        'joelclaw/inngest',
        'joelclaw/redis',
        'joelclaw/typesense',
      ),
    ),
  ],
  daemonsets: [
    'settings-are-not-injected',
    ...everyTemplate,
    'flannel-has-its-subnet',
    'flannel-serves-every-node',
    ...everyContainer,
    ...deployed.flatMap(name => on(name, 'kube-system/kube-flannel', 'kube-system/kube-proxy')),
  ],
  events: ['flannel-has-its-subnet'],
  leases: [
    'flannel-has-its-subnet',
    'flannel-serves-every-node',
    'no-pod-is-stuck',
    'no-pod-is-unknown',
    'nodes-are-ready',
    'workloads-have-their-replicas',
  ],
  persistentvolumeclaims: [
    'claims-are-registered',
    'claims-name-their-class',
    'critical-claims-are-bound',
    'critical-data-survive',
    'references-lead-somewhere',
  ],
  jobs: everyTemplate,
  cronjobs: everyTemplate,
  configmaps: ['references-lead-somewhere'],
  secrets: ['no-plain-secrets', 'references-lead-somewhere'],
  serviceaccounts: ['references-lead-somewhere'],
  persistentvolumes: ['claims-name-their-class', 'critical-data-survive'],
  mutatingwebhookconfigurations: ['conflicting-webhooks-stay-off'],
  'kube-system': ['context-is-this-cluster', 'tls-verifies'],
}
const kinds = Object.fromEntries(
  Object.entries(byKind).map(([kind, names]) => [kind, sorted(names)]),
)

/** The reason for each way of failing, for the list of pods. */
const reasonsFor: Record<(typeof hows)[number], string> = {
  'answers 500': 'GET /api/v1/pods: 500 InternalError: etcdserver: leader changed',
  'answers 403 Forbidden': 'GET /api/v1/pods: 403 Forbidden: forbidden: User "joel" cannot list it',
  'answers what is not JSON':
    'https://127.0.0.1:32768 answered GET /api/v1/pods with 200, but not as an API server does: ' +
    '“<html>captive portal</html>”',
  'answers JSON of another shape':
    'https://127.0.0.1:32768 answered GET /api/v1/pods with 200, but not as an API server does: ' +
    '“{"hello":"world"}”',
  'answers a list of strangers':
    'https://127.0.0.1:32768 answered GET /api/v1/pods with 200, but not as an API server does: ' +
    '“{"kind":"List","apiVersion":"v1","metadata":{},"items":[{},null,7]}”',
  hangs: 'no answer within 10.0 s',
  [half]:
    'https://127.0.0.1:32768 did not answer: UND_ERR_SOCKET 127.0.0.1:32768: ' +
    'it accepted the connection and closed it: a forwarder without a server behind it does that',
}

describe.for(hows)('an API that %s', how => {
  test('everywhere', async () => {
    const seen = await cutting(how, () => true)
    expect(changes(healthy, seen)).toEqual({ exit: 2, unknown: ofTheApi } satisfies Changes)
    expect(seen.tookMs).toBe(how === 'hangs' ? 10_000 : healthy.tookMs)
  })

  test('for pods: with the reason', async () => {
    expect(reasons(healthy, await cutting(how, path => path.endsWith('/pods')))).toEqual([
      `could not list pods: ${reasonsFor[how]} (asked kubernetes)`,
    ])
  })

  test.for(Object.entries(kinds))('for %s only', async ([kind, unknown]) => {
    expect(changes(healthy, await cutting(how, path => path.endsWith(`/${kind}`)))).toEqual({
      exit: 2,
      unknown,
    } satisfies Changes)
  })
})

describe('an API with well-formed but wrong answers', () => {
  const hollow = JSON.stringify({
    kind: 'List',
    apiVersion: 'v1',
    metadata: {},
    items: [{ metadata: { name: 'hollow', namespace: 'joelclaw' } }],
  })

  test.for(Object.keys(kinds))(
    'objects without content in place of %s throw nothing',
    async kind => {
      const mend = lab.api.disturb(request =>
        request.path.endsWith(`/${kind}`)
          ? { kind: 'whole', status: 200, headers: {}, body: hollow }
          : undefined,
      )
      const seen = await answers(lab.runtime).finally(mend)
      expect(seen.judgements.map(({ invariant }) => invariant)).toEqual(
        expect.arrayContaining(healthy.judgements.map(({ invariant }) => invariant)),
      )
    },
  )

  test('a judge that throws gives an unknown verdict with the reason', async () => {
    const mend = lab.api.disturb(request =>
      request.path.endsWith('/pods')
        ? { kind: 'whole', status: 200, headers: {}, body: hollow }
        : undefined,
    )
    const seen = await answers(lab.runtime).finally(mend)
    expect(
      seen.judgements.find(
        ({ invariant, subject }) =>
          invariant === 'no-pod-is-stuck' && subject === 'namespace joelclaw',
      )?.verdict,
    ).toEqual({
      kind: 'unknown',
      cause: {
        kind: 'judge-failed',
        error: "TypeError: Cannot read properties of undefined (reading 'nodeName')",
      },
    })
  })
})
