// honeydue's policy parses, and no heading of its failure catalogue is without a clause.
import { describe, expect, test } from 'vitest'
import { parsePolicy } from '#helpers/policy.ts'
import input from './policy.ts'

const policy = parsePolicy(input, 'clusters/honeydue/policy.ts')

const level = (name: string, headings: readonly string[]) =>
  headings.map(heading => `Failure catalog › ${name} › ${heading}`)

/** Every heading of the document that has text of its own, under the headings that it is in. */
const headings: readonly string[] = [
  'Summary',
  ...level('Cloudflare-level', [
    'CF edge POP outage',
    'CF global outage (rare but has happened)',
    'DNS hijacking',
  ]),
  ...level('Node-level', [
    "One node's NIC fails",
    'Two nodes fail simultaneously',
    'All three nodes fail simultaneously',
    'Node disk fills up',
  ]),
  ...level('k3s control plane failures', [
    'etcd corruption on one node',
    'CoreDNS down',
    'metrics-server down',
    "vmagent can't reach obs.88oakapps.com",
    'Grafana dashboard shows "no data"',
  ]),
  ...level('Networking failures', [
    'UFW rule accidentally blocks essential traffic',
    'Flannel broken on one node',
    'Kube-proxy broken on one node',
  ]),
  ...level('Application-level', [
    'api pod OOM',
    'api pod panics',
    'api deadlocks',
    'admin pod crashes',
    'worker stops processing jobs',
    'redis pod dies + node is different',
  ]),
  ...level('External service failures', [
    'Neon Postgres outage',
    'Backblaze B2 outage',
    'Fastmail SMTP unreachable',
    'Gitea registry unreachable',
    'Cloudflare DNS failure',
  ]),
  'Combined failures › "Everything is slow"',
  'Combined failures › "Some users see 502, others don\'t"',
  'Combined failures › "It worked 5 minutes ago, now it doesn\'t"',
  'Planned outages › Node upgrades (OS patches)',
  'Planned outages › k3s upgrades',
  'Disaster recovery › Complete cluster loss',
  'References',
  // The note of the change that came with the document.
  'Change note 77cfcc0b27',
]

/** Headings that hold others only, and one heading that stands for them all: the catalogue. */
const groups = [
  'Failure catalog',
  'Cloudflare-level',
  'Node-level',
  'k3s control plane failures',
  'Networking failures',
  'Application-level',
  'External service failures',
  'Combined failures',
  'Planned outages',
  'Disaster recovery',
]

const titled = (heading: string): string => `16 — Failure Modes, ${heading}`

describe('honeydue', () => {
  test.each(headings)('“%s” has at least one clause', heading => {
    expect(policy.clauses.filter(clause => clause.source === titled(heading))).not.toEqual([])
  })

  test.each(groups)('“%s” groups headings that have clauses', group => {
    expect(
      policy.clauses.filter(clause =>
        clause.source.slice(titled('').length).split(' › ').includes(group),
      ),
    ).not.toEqual([])
  })

  test('no clause cites a heading that the document does not have', () => {
    const known = new Set(headings.map(titled))
    expect(policy.clauses.filter(clause => !known.has(clause.source))).toEqual([])
  })

  test('every heading has its number of clauses', () => {
    const counts = headings.map(
      heading =>
        `${policy.clauses.filter(clause => clause.source === titled(heading)).length} ${heading}`,
    )
    expect(counts).toMatchInlineSnapshot(`
      [
        "2 Summary",
        "3 Failure catalog › Cloudflare-level › CF edge POP outage",
        "5 Failure catalog › Cloudflare-level › CF global outage (rare but has happened)",
        "4 Failure catalog › Cloudflare-level › DNS hijacking",
        "8 Failure catalog › Node-level › One node's NIC fails",
        "9 Failure catalog › Node-level › Two nodes fail simultaneously",
        "3 Failure catalog › Node-level › All three nodes fail simultaneously",
        "7 Failure catalog › Node-level › Node disk fills up",
        "3 Failure catalog › k3s control plane failures › etcd corruption on one node",
        "7 Failure catalog › k3s control plane failures › CoreDNS down",
        "4 Failure catalog › k3s control plane failures › metrics-server down",
        "8 Failure catalog › k3s control plane failures › vmagent can't reach obs.88oakapps.com",
        "5 Failure catalog › k3s control plane failures › Grafana dashboard shows "no data"",
        "3 Failure catalog › Networking failures › UFW rule accidentally blocks essential traffic",
        "3 Failure catalog › Networking failures › Flannel broken on one node",
        "3 Failure catalog › Networking failures › Kube-proxy broken on one node",
        "5 Failure catalog › Application-level › api pod OOM",
        "4 Failure catalog › Application-level › api pod panics",
        "4 Failure catalog › Application-level › api deadlocks",
        "3 Failure catalog › Application-level › admin pod crashes",
        "4 Failure catalog › Application-level › worker stops processing jobs",
        "6 Failure catalog › Application-level › redis pod dies + node is different",
        "5 Failure catalog › External service failures › Neon Postgres outage",
        "4 Failure catalog › External service failures › Backblaze B2 outage",
        "4 Failure catalog › External service failures › Fastmail SMTP unreachable",
        "4 Failure catalog › External service failures › Gitea registry unreachable",
        "1 Failure catalog › External service failures › Cloudflare DNS failure",
        "4 Combined failures › "Everything is slow"",
        "4 Combined failures › "Some users see 502, others don't"",
        "4 Combined failures › "It worked 5 minutes ago, now it doesn't"",
        "7 Planned outages › Node upgrades (OS patches)",
        "5 Planned outages › k3s upgrades",
        "16 Disaster recovery › Complete cluster loss",
        "1 References",
        "12 Change note 77cfcc0b27",
      ]
    `)
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

  test('three nodes vote; the api has three replicas, everything else of honeydue has one', () => {
    expect(policy.nodes.map(node => node.role)).toEqual([
      'control-plane',
      'control-plane',
      'control-plane',
    ])
    const replicas = policy.workloads
      .filter(workload => workload.namespace === 'honeydue')
      .map(workload => [workload.name, workload.replicas])
    expect(Object.fromEntries(replicas)).toEqual({
      api: 3,
      admin: 1,
      worker: 1,
      redis: 1,
      vmagent: 1,
    })
  })

  test('only workloads that the document calls non-critical are not critical', () => {
    expect(
      policy.workloads.filter(workload => !workload.critical).map(workload => workload.name),
    ).toEqual(['vmagent', 'metrics-server'])
  })
})
