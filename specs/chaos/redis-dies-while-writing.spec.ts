// Incident: Redis dies in the middle of writes, and comes back on its node with its data.
// (honeydue, 16 — Failure Modes, redis pod dies)
import { killWhileWriting } from '#helpers/redis/faults.ts'
import { drill, verify, present } from '#helpers/index.ts'
import { portsAnswer } from '#specs/invariants/exposure.spec.ts'
import { steadyState } from '#specs/invariants/index.ts'
import { acknowledgedWritesAreKept, claimsAreBound } from '#specs/invariants/storage.spec.ts'

export const redisDiesWhileWriting = drill({
  name: 'redis-dies-while-writing',
  title: 'a Redis killed during writes recovers by itself with every acknowledged write',
  incident: {
    story:
      'a Redis pod that dies comes back on its node with its data; ' +
      'writes that it acknowledged but did not store would be lost unnoticed',
    source:
      '16 — Failure Modes, Failure catalog › Application-level › redis pod dies + node is ' +
      'different',
  },
  steadyState,
  targets: ['writing'],
  // A lost write does not come back, so the drill does not wait for the rest.
  always: [acknowledgedWritesAreKept, claimsAreBound],
  faults: ({ ports, drillTargets: { writing } }) =>
    present(writing).flatMap(({ port, program, ledger }) =>
      ports
        .filter(({ name }) => name === port)
        .map(({ host }) => killWhileWriting({ port: host, program, ledger })),
    ),
  breaks: [{ invariant: portsAnswer, within: '30 s' }],
  healer: 'cluster',
  expects: [],
  services: ({ drillTargets: { writing } }) => present(writing).map(({ port }) => port),
  // A container that ended is started again at once, the second time after 10 s; then its startup
  // probe. @source Kubernetes default, restart back-off
  budgets: { detected: '30 s', 'service answering': '60 s', recovered: '90 s' },
  stability: '30 s',
})

verify(import.meta, redisDiesWhileWriting)
