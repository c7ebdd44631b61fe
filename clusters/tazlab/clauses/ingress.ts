// Phase 4: the ingress keeps its certificates on a ReadWriteOnce volume, so a second replica cannot
// start.
import { under } from '#clusters/tazlab/cite.ts'

const phase = 'Phase 4: The Traefik Limit and the Necessity of Statelessness'

export const ingress = [
  ...under(phase, [
    {
      id: 'ingress.second-replica-starts',
      kind: 'failure-mode',
      statement:
        'Traefik raised to 2 replicas has 2 Ready pods. ' +
        'With its certificates on one volume the second pod fails immediately.',
    },
  ]),
  ...under(`${phase} › The Reasoning: Why did I want 2 replicas?`, [
    {
      id: 'ingress.more-than-one',
      kind: 'must',
      statement:
        'The ingress controller has more than one instance: a single one is an unacceptable risk.',
    },
    {
      id: 'ingress.blog-survives-a-node',
      kind: 'failure-mode',
      statement: 'The blog keeps answering when the node of a Traefik pod dies.',
    },
    {
      id: 'ingress.scales-horizontally',
      kind: 'must',
      statement: 'Traefik is an ordinary Deployment: raising its replicas needs no other change.',
    },
  ]),
  ...under(`${phase} › The Clash with Reality`, [
    {
      id: 'ingress.certificates-survive-restarts',
      kind: 'must',
      statement:
        'Let’s Encrypt certificates survive a restart of Traefik: it does not request them again.',
    },
    {
      id: 'ingress.no-shared-single-writer-volume',
      kind: 'failure-mode',
      statement:
        'Replicas of one Deployment never share a ReadWriteOnce volume: ' +
        'the first pod would hold the volume with acme.json.',
      provenBy: ['single-writers-have-one-pod'],
    },
    {
      id: 'ingress.one-replica-for-now',
      kind: 'rule',
      statement: 'Traefik stays at 1 replica while its certificates are on a ReadWriteOnce volume.',
    },
    {
      id: 'ingress.certificates-in-secrets',
      kind: 'must',
      statement: 'cert-manager obtains the certificates and stores them in Kubernetes Secrets.',
    },
    {
      id: 'ingress.stateless',
      kind: 'must',
      statement: 'Traefik is stateless: none of its pods mounts a persistent volume.',
    },
    {
      id: 'ingress.three-replicas',
      kind: 'must',
      statement: 'Once stateless, Traefik runs 3 or more replicas without a disk conflict.',
    },
  ]),
]
