// Policies: the defaults of a valid one, and the error for each mistake in an invalid one.
import { describe, expect, test } from 'vitest'
import { smallest } from '#tests/model/policy.ts'
import { parsePolicy } from '#helpers/policy.ts'
import { policySchema } from '#helpers/policy.ts'
import { PolicyError } from './parse.ts'

/** The smallest policy with the value at a dotted path replaced. Missing parents are created. */
function having(path: string, value: unknown): unknown {
  const copy: Record<string, unknown> = structuredClone(smallest)
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  let at: object = copy
  for (const key of keys) {
    const next: unknown = Reflect.get(at, key) ?? {}
    Reflect.set(at, key, next)
    at = next as object
  }
  Reflect.set(at, last, value)
  return copy
}

/** The mistakes that the error lists. */
function mistakesIn(input: unknown): readonly string[] {
  try {
    parsePolicy(input, 'x/policy.ts')
    return []
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    return error.message
      .replace(/^x\/policy\.ts is not a policy:\n/, '')
      .split('\n')
      .map(line => line.trim())
  }
}

const workload = {
  namespace: 'default',
  kind: 'Deployment',
  name: 'web',
  replicas: 1,
  warmUp: '30 s',
}
const port = {
  name: 'web',
  namespace: 'default',
  service: 'web',
  host: 80,
  container: 80,
  nodePort: 80,
  answers: { by: 'http', path: '/' },
}
const claim = { namespace: 'default', name: 'data', holds: 'everything', backup: { by: 'retain' } }
const waiver = {
  invariant: 'a',
  subject: 'b',
  findings: ['c'],
  owner: 'joel',
  reason: 'the chart does not offer it',
  until: '2027-03-31',
}
const choice = {
  topic: 't',
  options: ['a', 'b'],
  chosen: 'a',
  because: 'b is older',
  source: 'ADR, choices',
}

describe('a policy', () => {
  test('at its smallest is completed with the defaults', () => {
    expect(parsePolicy(smallest, 'x')).toEqual({
      ...smallest,
      clauses: [{ ...smallest.clauses[0], status: 'active' }],
      identity: { contexts: ['small'], kubeconfig: '~/.kube/config' },
      taints: { controlPlane: 'tolerate', templatesTolerate: false, tolerated: [] },
      network: { flannel: { as: 'built-in' }, kernelModules: [], sysctls: {} },
      forbiddenPorts: [],
      endpoints: { api: { container: 6443, publishedBy: 'every-control-plane' } },
      external: [],
      services: { harmfulNames: [], legacyHosts: [] },
      images: { unavailable: [] },
      webhooksOff: [],
      waivers: [],
      choices: [],
      drillTargets: {},
      limits: { replicas: '50 %', freeDisk: '256 MiB', allows: [] },
      manifests: {
        claims: { namedClass: false, oneWriter: false, registered: false, retained: false },
        confinement: [],
        drains: false,
        images: { fromCache: false },
        noPlainSecrets: false,
        ports: { reserved: [], leaveProbes: false },
        probes: { dependencyPaths: [], livenessDiffers: [], outlastWarmUp: false },
        resources: { limits: [], requests: [] },
        selectors: false,
        variables: [],
      },
    })
  })

  test('is valid with a member of each kind', () => {
    const ways: readonly [string, unknown][] = [
      ['workloads', [workload]],
      ['ports', [port]],
      ['ports', [{ ...port, answers: { by: 'tcp', send: 'PING\r\n', contains: 'PONG' } }]],
      ['waivers', [waiver]],
      ['choices', [choice]],
      [
        'storage',
        {
          claims: [
            claim,
            {
              ...claim,
              backup: { by: 'files', folder: '/b', prefix: 'd', maxAge: '26 h', minSize: '1 KiB' },
            },
            { ...claim, backup: { by: 'loss-accepted', because: 'it is only a cache' } },
          ],
          disks: [{ path: '/', limit: '80 %' }],
        },
      ],
      [
        'drillTargets',
        {
          displaced: { kind: 'Deployment', namespace: 'default', name: 'web', port: 'web' },
          upgraded: { port: 'web', nodePort: 31_234 },
        },
      ],
      [
        'endpoints',
        { api: { container: 6443 }, virtual: { address: '192.168.1.200', port: 6443 } },
      ],
    ]
    expect(ways.map(([path, value]) => mistakesIn(having(path, value)))).toEqual(ways.map(() => []))
  })
})

describe('a mistake is reported with its path, the expectation and the value:', () => {
  const name = 'Too small: expected string to have >=1 characters'
  const portRange = 'Too big: expected number to be <=65535'
  test.for<[path: string, value: unknown, mistake: string]>([
    [
      'cluster',
      'Joel Claw',
      'cluster: Invalid string: must match pattern /^[a-z0-9-]+$/; it is "Joel Claw"',
    ],
    ['description', '', `description: ${name}; it is ""`],
    [
      'status',
      'later',
      'status: Invalid option: expected one of "active"|"planned"; it is "later"',
    ],
    ['documents', [], 'documents: Too small: expected array to have >=1 items; it is []'],
    [
      'clauses.0.id',
      'Exposure.x',
      'clauses.0.id: expected "<section>.<what>" in kebab case; it is "Exposure.x"',
    ],
    [
      'clauses.0.statement',
      'short',
      'clauses.0.statement: Too small: expected string to have >=10 characters; it is "short"',
    ],
    [
      'clauses.0.kind',
      'wish',
      'clauses.0.kind: Invalid option: expected one of ' +
        '"must"|"rule"|"checklist"|"danger"|"lesson"|"failure-mode"; it is "wish"',
    ],
    [
      'clauses',
      [smallest.clauses[0], smallest.clauses[0]],
      'clauses.1.id: clause id is used twice: recovery.automatic; it is "recovery.automatic"',
    ],
    [
      'identity.contexts',
      [],
      'identity.contexts: Too small: expected array to have >=1 items; it is []',
    ],
    ['identity.kubeSystemUid', 'abc', 'identity.kubeSystemUid: Invalid UUID; it is "abc"'],
    ['nodes', [], 'nodes: Too small: expected array to have >=1 items; it is []'],
    [
      'nodes.0.container',
      { name: 'one', restartPolicy: 'no', memory: '18 GiB', cpus: 2 },
      'nodes.0.container.restartPolicy: Invalid option: expected one of ' +
        '"unless-stopped"|"always"|"on-failure"; it is "no"',
    ],
    [
      'nodes.0.container',
      { name: 'one', restartPolicy: 'always', memory: '18g', cpus: 2 },
      'nodes.0.container.memory: expected a size with its unit, such as "18 GiB"; it is "18g"',
    ],
    [
      'network.flannel',
      { as: 'cilium' },
      'network.flannel.as: Invalid discriminator value. ' +
        "Expected 'daemonset' | 'built-in'; it is \"cilium\"",
    ],
    [
      'workloads',
      [{ ...workload, replicas: -1 }],
      'workloads.0.replicas: Too small: expected number to be >=0; it is -1',
    ],
    [
      'workloads',
      [{ ...workload, warmUp: '30s' }],
      'workloads.0.warmUp: expected a duration with its unit, such as "90 s"; it is "30s"',
    ],
    [
      'workloads',
      [{ ...workload, warmUp: 30_000 }],
      'workloads.0.warmUp: Invalid input: expected string, received number; it is 30000',
    ],
    ['ports', [{ ...port, host: 70_000 }], `ports.0.host: ${portRange}; it is 70000`],
    [
      'ports',
      [{ ...port, answers: { by: 'http', path: 'health' } }],
      'ports.0.answers.path: Invalid string: must start with "/"; it is "health"',
    ],
    [
      'storage.disks',
      [{ path: '/', limit: '80%' }],
      'storage.disks.0.limit: expected a share, such as "80 %"; it is "80%"',
    ],
    [
      'storage.claims',
      [{ ...claim, backup: { by: 'hope' } }],
      'storage.claims.0.backup.by: Invalid discriminator value. ' +
        "Expected 'files' | 'retain' | 'loss-accepted'; it is \"hope\"",
    ],
    [
      'endpoints.virtual',
      { address: 'vip.local', port: 6443 },
      'endpoints.virtual.address: Invalid IPv4 address; it is "vip.local"',
    ],
    [
      'waivers',
      [{ ...waiver, until: 'never' }],
      'waivers.0.until: expected a day, such as "2027-03-31"; it is "never"',
    ],
    [
      'waivers',
      [{ ...waiver, until: '2027-02-30' }],
      'waivers.0.until: expected a day, such as "2027-03-31"; it is "2027-02-30"',
    ],
    [
      'waivers',
      [{ ...waiver, findings: [] }],
      'waivers.0.findings: Too small: expected array to have >=1 items; it is []',
    ],
    [
      'waivers',
      [{ ...waiver, reason: 'because' }],
      'waivers.0.reason: Too small: expected string to have >=10 characters; it is "because"',
    ],
    [
      'choices',
      [{ ...choice, chosen: 'c' }],
      'choices.0.chosen: the chosen option is none of: a, b; it is "c"',
    ],
    [
      'choices',
      [{ ...choice, options: ['a'] }],
      'choices.0.options: Too small: expected array to have >=2 items; it is ["a"]',
    ],
    [
      'budgets.recovery',
      'soon',
      'budgets.recovery: expected a duration with its unit, such as "90 s"; it is "soon"',
    ],
    [
      'nightly.drills',
      1.5,
      'nightly.drills: Invalid input: expected int, received number; it is 1.5',
    ],
    [
      'nightly',
      undefined,
      'nightly: Invalid input: expected object, received undefined; it is missing',
    ],
    [
      'budgets',
      { stuckPod: '1 s', unknownPod: '1 s' },
      'budgets.recovery: Invalid input: expected string, received undefined; it is missing',
    ],
    ['colour', 'red', 'colour: a policy has no such member here; it is "red"'],
    ['nodes.0.rol', 'worker', 'nodes.0.rol: a policy has no such member here; it is "worker"'],
  ])('%s', ([path, value, mistake]) => {
    expect(mistakesIn(having(path, value))).toEqual([mistake])
  })

  test('all mistakes are reported at once', () => {
    const input = {
      ...smallest,
      cluster: 7,
      nodes: [{ name: 'one', role: 'king' }],
      budgets: { ...smallest.budgets, recovery: 5 },
    }
    expect(mistakesIn(input)).toEqual([
      'cluster: Invalid input: expected string, received number; it is 7',
      'nodes.0.role: Invalid option: expected one of "control-plane"|"worker"; it is "king"',
      'budgets.recovery: Invalid input: expected string, received number; it is 5',
    ])
  })

  test('a policy that is not an object', () => {
    expect(mistakesIn('hello')).toEqual([
      '(top): Invalid input: expected object, received string; it is "hello"',
    ])
    expect(mistakesIn(undefined)).toEqual([
      '(top): Invalid input: expected object, received undefined; it is missing',
    ])
  })

  test('a long value is cut', () => {
    expect(mistakesIn(having('cluster', 'A'.repeat(500)))).toEqual([
      `cluster: Invalid string: must match pattern /^[a-z0-9-]+$/; it is "${'A'.repeat(119)}`,
    ])
  })
})

test('checking does not change its input', () => {
  const input = structuredClone(smallest)
  policySchema.parse(input)
  expect(input).toEqual(smallest)
})
