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
      'a Redis pod that dies comes back on its node with its data; what it had acknowledged ' +
      'and not yet written would be gone, and its users would not know',
    source:
      '16 — Failure Modes, Failure catalog › Application-level › redis pod dies + node is ' +
      'different',
  },
  steadyState,
  // A write that is lost does not come back: nothing is gained by waiting for the rest.
  always: [acknowledgedWritesAreKept, claimsAreBound],
  faults: ({ ports, drillTargets: { writing } }) =>
    ports
      .filter(port => port.name === writing?.port)
      .flatMap(({ host }) =>
        writing === undefined
          ? []
          : [killWhileWriting({ port: host, program: writing.program, ledger: writing.ledger })],
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
