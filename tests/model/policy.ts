// The smallest valid policy. Tests change one member of it at a time.
import { parsePolicy } from '#helpers/policy.ts'
import { type Policy, type PolicyInput } from '#src/model/index.ts'

/** Data of a policy without any optional member. */
export const smallest: PolicyInput = {
  cluster: 'small',
  description: 'a cluster of one node',
  status: 'active',
  documents: [{ id: 'adr', title: 'ADR' }],
  clauses: [
    {
      id: 'recovery.automatic',
      statement: 'It comes back without a person.',
      source: 'ADR, recovery',
      kind: 'must',
      // The definitions of the tests that look up a clause.
      provenBy: ['all-is-quiet', 'all-is-twofold', 'drill:web-breaks'],
    },
  ],
  identity: { contexts: ['small'] },
  nodes: [{ name: 'one', role: 'control-plane' }],
  namespaces: ['default'],
  taints: { controlPlane: 'tolerate' },
  network: { flannel: { as: 'built-in' } },
  workloads: [],
  ports: [],
  endpoints: { api: { container: 6443 } },
  storage: { claims: [], disks: [] },
  budgets: { stuckPod: '5 min', unknownPod: '2 min', recovery: '300 s' },
  nightly: { drills: 0, rotation: [] },
}

/** The same policy, parsed, with members replaced. */
export const policyWith = (change: Partial<PolicyInput> = {}): Policy =>
  parsePolicy({ ...smallest, ...change }, 'tests/model/policy.ts')
