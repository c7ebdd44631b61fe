// joelclaw's policy parses, refers only to its own parts, and covers all of its documents.
import { proofsOf } from '#src/model/policy/proven-by.ts'
import { describe, expect, test } from 'vitest'
import { parsePolicy } from '#helpers/policy.ts'
import { bytes, ms } from '#src/model/index.ts'
import input from './policy.ts'

const policy = parsePolicy(input, 'clusters/joelclaw/policy.ts')
const sorted = (list: Iterable<string>): string[] => [...list].toSorted()

describe('clauses', () => {
  test('each comes from a document that the policy lists', () => {
    const known = policy.documents.map(document => document.id)
    const strangers = policy.clauses.filter(
      clause => !clause.source.split('; ').some(source => known.some(id => source.startsWith(id))),
    )
    expect(strangers).toEqual([])
  })

  test('every document and every section has clauses', () => {
    const counted = policy.documents.map(({ id }) => [
      id,
      policy.clauses.filter(clause => clause.source.includes(id)).length > 0,
    ])
    expect(counted).toEqual([
      ['ADR-0148', true],
      ['k8s skill (first vintage)', true],
      ['k8s skill (later vintage)', true],
      ['joelclaw history', true],
    ])
    expect(sorted(new Set(policy.clauses.map(clause => clause.id.split('.')[0] ?? '')))).toEqual([
      'endpoints',
      'exposure',
      'host',
      'probes',
      'recovery',
      'services',
      'storage',
    ])
  })

  test('each of the six checklist steps of the ADR has a clause', () => {
    const steps = policy.clauses.flatMap(clause => {
      const step = /Post-Restart Recovery Checklist, step (\d)/.exec(clause.source)?.[1]
      return step === undefined ? [] : [`${step} ${clause.id}`]
    })
    expect(sorted(steps)).toEqual([
      '1 endpoints.regenerate-kubeconfig',
      '2 recovery.no-untolerated-taint',
      '3 recovery.flannel-available',
      '4 recovery.br-netfilter',
      '5 recovery.pods-running',
      '6 recovery.services-answer-after-restart',
    ])
  })

  test('each of the seven resilience rules and each danger zone of the skill has a clause', () => {
    const cited = (pattern: RegExp): string[] =>
      sorted(
        new Set(
          policy.clauses.flatMap(clause =>
            [...clause.source.matchAll(pattern)].map(match => match[1] ?? ''),
          ),
        ),
      )
    expect(cited(/Resilience Rules, rule (\d)/g)).toEqual(['1', '2', '3', '4', '5', '6', '7'])
    expect(cited(/first vintage\), (?:[^;]*; )?Danger Zones, (\d)/g)).toEqual([
      '1',
      '2',
      '3',
      '4',
      '5',
    ])
    expect(cited(/later vintage\), Danger Zones, ([^;]+)/g)).toEqual([
      'AIStor operator webhook',
      'AIStor service-name collision',
      'Dkron PVC permissions',
      'Dkron service-name collision',
      'MinIO pinned tag',
    ])
  })

  test('a guard enforces each clause that only binds a healer', () => {
    const kept = policy.clauses.flatMap(clause =>
      proofsOf(clause, 'guard').map(guard => `${guard} ${clause.id}`),
    )
    expect(sorted(kept)).toEqual([
      'delete-claim storage.never-delete-claim',
      'delete-vm host.never-delete-vm',
      'delete-volume storage.never-delete-volume',
      'destroy-cluster host.never-destroy-cluster',
      'exec-into-talos host.talos-has-no-shell',
      'kill-by-pattern host.never-kill-by-pattern',
      'kill-ssh-mux host.never-kill-mux',
      'port-forward exposure.never-forward-ourselves',
    ])
  })

  test('planned clauses come from the history, never from a document', () => {
    const planned = policy.clauses.filter(clause => clause.status === 'planned')
    expect(planned.filter(clause => !clause.source.startsWith('joelclaw history'))).toEqual([])
  })
})

test('the port table is that of the skill, with the two ports of AIStor', () => {
  expect(
    policy.ports.map(
      port => `${port.namespace}/${port.service} ${port.host}→${port.container}→${port.nodePort}`,
    ),
  ).toEqual([
    'joelclaw/redis 6379→6379→6379',
    'joelclaw/typesense 8108→8108→8108',
    'joelclaw/inngest-svc 8288→8288→8288',
    'joelclaw/inngest-svc 8289→8289→8289',
    'joelclaw/system-bus-worker 3111→3111→3111',
    'joelclaw/livekit-server 7880→7880→7880',
    'joelclaw/livekit-server 7881→7881→7881',
    'joelclaw/bluesky-pds 9627→3000→3000',
    'aistor/aistor-s3-api 31000→31000→31000',
    'aistor/aistor-s3-console 31001→31001→31001',
  ])
})

test('only the two ports that need a handshake are judged by the connection alone', () => {
  const bare = policy.ports.filter(
    ({ answers }) => answers.by === 'tcp' && answers.contains === undefined,
  )
  expect(bare.map(port => port.name)).toEqual(['inngest-ws', 'livekit-rtc'])
})

describe('waivers', () => {
  const ofProbes = policy.waivers.filter(({ invariant }) => invariant === 'containers-have-probes')

  test('each waiver of probes names a workload that needs them, and its gaps', () => {
    const workloads = new Set(
      policy.workloads
        .filter(workload => workload.probes)
        .map(({ namespace, name }) => `${namespace}/${name}`),
    )
    const wrong = ofProbes.filter(
      waiver =>
        !workloads.has(waiver.subject) ||
        !waiver.findings.every(finding =>
          /^probe-missing:(liveness|readiness|startup)$/.test(finding),
        ),
    )
    expect(wrong).toEqual([])
  })

  test('each other waiver names a namespace and objects of its manifests', () => {
    const wrong = policy.waivers.filter(
      waiver =>
        !ofProbes.includes(waiver) &&
        (!policy.namespaces.some(namespace => waiver.subject === `namespace ${namespace}`) ||
          !waiver.findings.every(finding => finding.includes(':'))),
    )
    expect(wrong).toEqual([])
  })

  test('no two cover the same finding', () => {
    const covered = policy.waivers.flatMap(waiver =>
      waiver.findings.map(finding => `${waiver.subject} ${finding}`),
    )
    expect(covered.length).toBe(new Set(covered).size)
  })

  test('all end in 2027', () => {
    expect([...new Set(policy.waivers.map(waiver => waiver.until.slice(0, 4)))]).toEqual(['2027'])
  })
})

test('the API ports are random, and the one node restarts unless stopped', () => {
  const publishedBy = 'every-control-plane'
  expect(policy.endpoints).toEqual({
    api: { container: 6443, publishedBy },
    talos: { container: 50_000, publishedBy },
  })
  expect(policy.nodes).toEqual([
    {
      name: 'joelclaw-controlplane-1',
      role: 'control-plane',
      container: {
        name: 'joelclaw-controlplane-1',
        restartPolicy: 'unless-stopped',
        memory: '18 GiB',
        cpus: 2,
      },
    },
  ])
})

test('the dead context is not a context of the cluster', () => {
  expect(policy.identity.contexts).toEqual(['admin@joelclaw-1'])
})

test('every backup must be from last night and not empty', () => {
  expect(
    policy.storage.claims.map(({ name, backup }) =>
      backup.by === 'files'
        ? `${name} ${ms(backup.maxAge) / 3_600_000} h, ${bytes(backup.minSize)} bytes`
        : name,
    ),
  ).toEqual([
    'data-redis-0 26 h, 1024 bytes',
    'data-typesense-0 26 h, 1048576 bytes',
    'data-inngest-0 26 h, 4096 bytes',
    'bluesky-pds-data 26 h, 4096 bytes',
  ])
})

test('no contradiction is listed twice, and the options of each choice differ', () => {
  expect(policy.choices.map(choice => choice.topic)).toEqual([
    ...new Set(policy.choices.map(choice => choice.topic)),
  ])
  expect(
    policy.choices.filter(choice => new Set(choice.options).size !== choice.options.length),
  ).toEqual([])
})

test('no drill occurs twice in the rotation, and the rotation takes more than one night', () => {
  const { drills, rotation } = policy.nightly
  expect(new Set(rotation).size).toBe(rotation.length)
  expect(rotation.length).toBeGreaterThan(drills)
})

test('an invalid value is reported with its path', () => {
  const broken = { ...input, storage: { ...input.storage, disks: [{ path: '/', limit: '80%' }] } }
  expect(() => parsePolicy(broken, 'policy.ts')).toThrowErrorMatchingInlineSnapshot(`
    [Error: policy.ts is not a policy:
      storage.disks.0.limit: expected a share, such as "80 %"; it is "80%"]
  `)
})
