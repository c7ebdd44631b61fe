// Guards against the wrong situation: another cluster, a run that is already active, a cluster that
// is not steady, or a bad time.
import { identity } from '#src/kubernetes/questions/access.ts'
import { fails, notApplicable, type Guard } from '#src/model/index.ts'
import { windowObjection } from './window.ts'

export const rightCluster: Guard = {
  name: 'identity',
  description: 'the cluster is not the one that the policy describes',
  why: 'a drill on the wrong cluster is an attack on it',
  observe: ({ target }) => (target.kind === 'live' ? [identity] : []),
  judge({ target }, answers, policy) {
    if (target.kind !== 'live') return notApplicable('holdfast made this cluster itself')
    const found = answers(identity)
    const wanted = policy.identity.kubeSystemUid
    if (wanted === undefined) return [{ of: found.context, kind: 'identity-undeclared', ...found }]
    if (found.uid === wanted) return []
    return [{ of: found.context, kind: 'wrong-cluster', wanted, ...found }]
  },
}

export const oneAtATime: Guard = {
  name: 'one-at-a-time',
  description: 'another drill or heal is running on the cluster',
  why: 'two runs at once spoil each other: one heals what the other measures',
  observe: () => [],
  judge: ({ active }) =>
    active === undefined ? [] : [{ of: 'cluster', kind: 'cluster-in-use', ...active }],
}

export const steadyState: Guard = {
  name: 'steady-state',
  description: 'the cluster is not healthy before the drill, or its health is unknown',
  why:
    'on a cluster that is already broken the effect of the drill is unclear, ' +
    'and a second failure may turn the first into an outage',
  observe: () => [],
  judge({ steady }) {
    const judgements = steady.filter(fails)
    return judgements.length === 0 ? [] : [{ of: 'steady state', kind: 'unsteady', judgements }]
  },
}

export const inWindow: Guard = {
  name: 'window',
  description: 'it is outside the drill window',
  why: 'the people who could help are away, or users depend on the cluster right now',
  observe: () => [],
  judge(_, answers, { window }) {
    if (window === undefined)
      return notApplicable('the policy has no window: drills may run at any time')
    const cause = windowObjection(window, answers.now)
    return cause === undefined ? [] : [{ of: 'time', ...cause }]
  },
}
