// TazLab's policy parses, and no heading of its document is without a clause.
import { describe, expect, test } from 'vitest'
import { parsePolicy } from '#helpers/policy.ts'
import input from './policy.ts'

const policy = parsePolicy(input, 'clusters/tazlab/policy.ts')

/** Every heading of the document, and which clauses must be under it, sub-headings not counted. */
const headings: readonly (readonly [heading: string, clauses: readonly string[]])[] = [
  [
    'Introduction: The Weight of Theory against the Reality of the Metal',
    [
      'controlled-destruction',
      'cluster-withstands-failure',
      'availability-is-proven',
      'no-domino',
      'foundations-follow',
    ],
  ],
  [
    'Phase 1: Expansion and IaC Consolidation',
    ['aligned-first', 'declared-in-code', 'replicable', 'four-workers', 'no-single-node'],
  ],
  [
    'Deep-Dive: Why 4 Workers and 3 Control Plane nodes?',
    [
      'three-members',
      'quorum-survives-one',
      'anti-affinity',
      'one-worker-in-maintenance',
      'three-carry-the-load',
    ],
  ],
  [
    'Phase 2: The Unexpected Disaster - The IP Change Domino Effect',
    ['address-change', 'no-trivial-change'],
  ],
  ['The Symptom', ['services-talk', 'coredns-reaches-api', 'longhorn-reaches-api']],
  [
    'The Investigation',
    [
      'pods-of-all-namespaces',
      'no-crash-loops',
      'manager-lists-nodes',
      'kubernetes-endpoint-is-current',
      'kubeconfig-is-not-enough',
      'proxy-rules-follow',
    ],
  ],
  [
    'The Solution: Manual Patching of Endpoints',
    [
      'endpoints-patched-last',
      'endpoints-patched-whole',
      'coredns-restarted',
      'proxy-restarted',
      'storage-after-network',
    ],
  ],
  ['Phase 3: The Longhorn Deadlock and RWO Storage', ['no-forced-shutdown-while-unstable']],
  [
    'The Problem: Ghost Volumes',
    [
      'one-node-per-volume',
      'lost-worker-not-ready',
      'lock-of-a-lost-node',
      'not-stuck-creating',
      'no-multi-attach-error',
    ],
  ],
  [
    'Error Analysis: Why doesn’t it unlock itself?',
    ['eviction-after-five-minutes', 'eviction-does-not-detach', 'no-split-brain'],
  ],
  [
    'The Solution: Forcing the Cluster’s Hand',
    [
      'zombie-pod-deleted',
      'stale-attachment-deleted',
      'new-node-takes-over',
      'human-after-forced-shutdown',
    ],
  ],
  ['Phase 4: The Traefik Limit and the Necessity of Statelessness', ['second-replica-starts']],
  [
    'The Reasoning: Why did I want 2 replicas?',
    ['more-than-one', 'blog-survives-a-node', 'scales-horizontally'],
  ],
  [
    'The Clash with Reality',
    [
      'certificates-survive-restarts',
      'no-shared-single-writer-volume',
      'one-replica-for-now',
      'certificates-in-secrets',
      'stateless',
      'three-replicas',
    ],
  ],
  [
    'Phase 5: The 5-Minute Test - Automation vs. Prudence',
    [
      'timed-node-loss',
      'node-off-at-zero',
      'not-ready-at-one',
      'running-is-not-serving',
      'replaced-at-five',
      'blocked-at-eight',
    ],
  ],
  [
    'Test Conclusion',
    ['compute-heals-itself', 'single-writer-does-not', 'fencing', 'no-promise-without-fencing'],
  ],
  [
    'Post-Lab Reflections: The Roadmap towards Zero Trust',
    ['more-than-clean-installs', 'piece-by-piece'],
  ],
  [
    'What does this mean for long-term stability?',
    [
      'static-addresses',
      'virtual-address',
      'kubeconfig-outlives-a-node',
      'components-reach-the-right-api',
      'deadlock-is-known',
    ],
  ],
  ['Next Steps', ['restructured', 'secretbox', 'disk-encryption', 'fails-with-dignity']],
]

/** The last heading of a source `<title>, <heading> › <sub-heading>`. */
const headingOf = (source: string): string =>
  source
    .slice(source.indexOf(', ') + 2)
    .split(' › ')
    .at(-1) ?? ''

describe('TazLab', () => {
  test.each(headings)('“%s” has exactly its clauses', (heading, clauses) => {
    const names = policy.clauses
      .filter(clause => headingOf(clause.source) === heading)
      .map(clause => clause.id.split('.')[1])
    expect(names).not.toEqual([])
    expect(names).toEqual(clauses)
  })

  test('no clause cites a heading that the document does not have', () => {
    const known = new Set(headings.map(([heading]) => heading))
    expect(policy.clauses.filter(clause => !known.has(headingOf(clause.source)))).toEqual([])
  })

  test('each clause has an id of its own, in words without digits', () => {
    const ids = policy.clauses.map(clause => clause.id)
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
    expect(ids.filter(id => !/^[a-z-]+\.[a-z-]+$/.test(id))).toEqual([])
  })

  test('the policy and all its clauses are planned', () => {
    expect(policy.status).toBe('planned')
    expect(policy.clauses.filter(clause => clause.status !== 'planned')).toEqual([])
    expect(policy.nightly).toEqual({ drills: 0, rotation: [] })
  })

  test('no duty is stated twice', () => {
    const statements = policy.clauses.map(clause => clause.statement)
    expect(statements.filter((each, index) => statements.indexOf(each) !== index)).toEqual([])
  })

  test('3 control plane nodes and 4 workers', () => {
    expect(
      Object.groupBy(
        policy.nodes.map(node => ({ ...node })),
        node => node.role,
      ),
    ).toEqual({
      'control-plane': ['control-plane-01', 'control-plane-02', 'control-plane-03'].map(name => ({
        name,
        role: 'control-plane',
      })),
      worker: ['worker-new-01', 'worker-new-02', 'worker-new-03', 'worker-new-04'].map(name => ({
        name,
        role: 'worker',
      })),
    })
  })
})
