// Known gaps, each with an owner, a reason and a last day.
import type { PolicyInput } from '#src/model/index.ts'

type Waiver = NonNullable<PolicyInput['waivers']>[number]

const gap = (
  workload: string,
  probes: readonly ('liveness' | 'readiness' | 'startup')[],
  until: `${number}-${number}-${number}`,
  reason: string,
): Waiver => ({
  invariant: 'containers-have-probes',
  subject: `joelclaw/${workload}`,
  findings: probes.map(probe => `probe-missing:${probe}`),
  owner: 'joel',
  reason,
  until,
})

/** A gap in the manifests of one namespace. */
const lack = (
  invariant: string,
  namespace: string,
  findings: readonly string[],
  until: `${number}-${number}-${number}`,
  reason: string,
): Waiver => ({
  invariant,
  subject: `namespace ${namespace}`,
  findings: [...findings],
  owner: 'joel',
  reason,
  until,
})

export const waivers: readonly Waiver[] = [
  // The three gaps that the ADR names.
  gap(
    'typesense',
    ['liveness'],
    '2027-01-31',
    'known gap of ADR-0148; liveness without a startup probe would kill it while it loads its ' +
      'indices',
  ),
  gap(
    'bluesky-pds',
    ['readiness', 'startup'],
    '2027-03-31',
    'known gap of ADR-0148; the chart has no values for them, ' +
      'so they need a patch after each upgrade',
  ),
  gap(
    'system-bus-worker',
    ['startup'],
    '2027-01-31',
    'known gap of ADR-0148; to be closed with the next change of its manifest',
  ),
  // Gaps in the manifests that the ADR does not list.
  gap(
    'typesense',
    ['startup'],
    '2027-01-31',
    'not on the list of ADR-0148, but missing as well; comes together with the liveness probe',
  ),
  gap(
    'redis',
    ['startup'],
    '2027-03-31',
    'not on the list of ADR-0148; starts within seconds as long as its append-only file is small',
  ),
  gap(
    'inngest',
    ['startup'],
    '2027-03-31',
    'not on the list of ADR-0148; its liveness probe leaves it 70 s before the first restart',
  ),
  // Gaps in the manifests of 2026-08.
  lack(
    'images-are-pinned',
    'joelclaw',
    ['no-tag:StatefulSet/inngest/inngest'],
    '2027-01-31',
    'it has started from the cache since 2026-07-29; to be pinned to the version that runs',
  ),
  lack(
    'images-are-pinned',
    'joelclaw',
    ['latest:StatefulSet/dkron/dkron'],
    '2027-03-31',
    'no document names another tag that works as required; ' +
      'to be pinned to the version that runs',
  ),
  lack(
    'images-start-from-cache',
    'joelclaw',
    ['pull-always:Deployment/system-bus-worker/system-bus-worker'],
    '2027-01-31',
    'its tag never moves, so a pull at each start gains nothing; ' +
      'to be closed with the next change of its manifest',
  ),
  lack(
    'claims-name-their-class',
    'joelclaw',
    ['class-missing:data-redis-0', 'class-missing:data-inngest-0'],
    '2027-03-31',
    'they rely on the default class local-path; a named class needs new StatefulSets',
  ),
  lack(
    'containers-state-their-needs',
    'joelclaw',
    ['redis', 'inngest'].flatMap(name =>
      ['request-missing:cpu', 'request-missing:memory', 'limit-missing:memory'].map(
        code => `${code}:StatefulSet/${name}/${name}`,
      ),
    ),
    '2027-03-31',
    'their usage has to be measured first',
  ),
  lack(
    'claims-are-registered',
    'joelclaw',
    ['claim-unregistered:data-dkron-0'],
    '2027-03-31',
    'not one of the four that ADR-0148 calls critical; ' +
      '“joelclaw restate cron sync-tier1” seeds its jobs again',
  ),
  lack(
    'claims-are-registered',
    'aistor',
    ['claim-unregistered:data-aistor-s3-pool-0-0'],
    '2027-01-31',
    'no document mentions a backup of the object store; to be decided before anything relies on it',
  ),
  // Charts that offer no toleration: the taint is removed for them.
  lack(
    'templates-tolerate-the-control-plane',
    'joelclaw',
    ['not-tolerated:Deployment/livekit-server', 'not-tolerated:Deployment/bluesky-pds'],
    '2027-03-31',
    'their charts set no tolerations; until they do, the taint is removed after each restart',
  ),
  lack(
    'templates-tolerate-the-control-plane',
    'aistor',
    ['adminjob-operator', 'object-store-operator', 'aistor-s3-pool-0'].map(
      name => `not-tolerated:${name.endsWith('-0') ? 'StatefulSet' : 'Deployment'}/${name}`,
    ),
    '2027-03-31',
    'its operator sets no tolerations; until it does, the taint is removed after each restart',
  ),
]
