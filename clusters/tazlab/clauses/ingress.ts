// Phase 4: the ingress keeps its certificates on a volume that one node may hold, so it cannot have
// a second replica.
import { under } from '#clusters/tazlab/cite.ts'

const phase = 'Phase 4: The Traefik Limit and the Necessity of Statelessness'

export const ingress = [
  ...under(phase, [
    {
      id: 'ingress.second-replica-starts',
      kind: 'failure-mode',
      statement:
        'Traefik raised to 2 replicas has 2 Ready pods; with its certificates on one volume the second fails at once.',
    },
  ]),
  ...under(`${phase} › The Reasoning: Why did I want 2 replicas?`, [
    {
      id: 'ingress.more-than-one',
      kind: 'must',
      statement:
        'The ingress controller has more than one instance: a single one is a risk that cannot be accepted.',
    },
    {
      id: 'ingress.blog-survives-a-node',
      kind: 'failure-mode',
      statement: 'The blog goes on answering when the node that hosts a Traefik pod dies.',
    },
    {
      id: 'ingress.scales-horizontally',
      kind: 'must',
      statement:
        'Traefik is an ordinary Deployment whose replicas can be raised without a further change.',
    },
  ]),
  ...under(`${phase} › The Clash with Reality`, [
    {
      id: 'ingress.certificates-survive-restarts',
      kind: 'must',
      statement:
        'Certificates obtained from Let’s Encrypt outlive a restart of Traefik; they are not requested anew each time.',
    },
    {
      id: 'ingress.no-shared-single-writer-volume',
      kind: 'failure-mode',
      statement:
        'Replicas of one Deployment never depend on one ReadWriteOnce volume: acme.json on such a volume is held by the first pod.',
      provenBy: ['single-writers-have-one-pod'],
    },
    {
      id: 'ingress.one-replica-for-now',
      kind: 'rule',
      statement:
        'Traefik stays at 1 replica, for the time being, as long as its certificates live on a ReadWriteOnce volume.',
    },
    {
      id: 'ingress.certificates-in-secrets',
      kind: 'must',
      statement: 'cert-manager obtains the certificates, and Kubernetes Secrets hold them.',
    },
    {
      id: 'ingress.stateless',
      kind: 'must',
      statement: 'Traefik keeps no state: none of its pods mounts a persistent volume.',
    },
    {
      id: 'ingress.three-replicas',
      kind: 'must',
      statement:
        'Traefik, once stateless, runs with 3 replicas or more and no conflict over a disk.',
    },
  ]),
]
