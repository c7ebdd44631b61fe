// Test data: a whole night of joelclaw with results of every kind, and calmer and worse nights
// derived from it.
import type { Judgement, Run, Verdict, Waiver } from '#src/model/index.ts'
import { drills, night } from './sample-drills.ts'
import { choices, coverage, documents, invariants } from './sample-policy.ts'

const holds: Verdict = { kind: 'holds' }

const ports = [
  'redis (6379)',
  'typesense (8108)',
  'inngest (8288)',
  'inngest-ws (8289)',
  'system-bus-worker (3111)',
  'livekit (7880)',
  'livekit-rtc (7881)',
  'pds (9627)',
  'aistor (9000)',
]
const workloads = [
  'redis',
  'typesense',
  'inngest',
  'system-bus-worker',
  'livekit-server',
  'bluesky-pds',
  'dkron',
].map(name => `joelclaw/${name}`)
const node = ['node joelclaw-controlplane-1']

const subjects: Readonly<Record<string, readonly string[]>> = {
  'host-services-use-nodeports': ports,
  'port-table-agrees': [...ports, 'unlisted ports'],
  'ports-answer-their-application': ports,
  'containers-have-probes': workloads,
  'host-network-probes-pin-loopback': ['joelclaw/livekit-server'],
  'nodes-are-ready': node,
  'nodes-are-schedulable': node,
  'taints-are-tolerated': node,
  'node-containers-run': node,
  'flannel-serves-every-node': node,
  'flannel-has-its-subnet': node,
  'node-containers-keep-their-settings': node,
  'kernel-is-prepared': ['module br_netfilter', 'sysctl net.bridge.bridge-nf-call-iptables'],
  'workloads-have-their-replicas': [
    ...workloads,
    'kube-system/coredns',
    'kube-system/kube-flannel',
  ],
  'critical-claims-are-bound': [
    'data-redis-0',
    'data-typesense-0',
    'data-inngest-0',
    'bluesky-pds-data',
  ].map(name => `joelclaw/${name}`),
  'critical-data-survive': [
    'data-redis-0',
    'data-typesense-0',
    'data-inngest-0',
    'bluesky-pds-data',
  ].map(name => `joelclaw/${name}`),
  'vm-disks-have-room': ['disk /', 'disk /var/lib/docker'],
  'launchd-jobs-find-their-tools': [
    'job com.joel.colima',
    'job com.joel.k8s-reboot-heal',
    'job com.joel.talon',
  ],
  'colima-tells-the-truth': ['Colima default'],
  'no-harmful-service-name': ['svc/dkron', 'svc/inngest', 'svc/minio'],
}

function waived(
  workload: string,
  probes: readonly string[],
  until: string,
  daysLeft: number,
  reason: string,
): Verdict {
  const waiver: Waiver = {
    invariant: 'containers-have-probes',
    subject: `joelclaw/${workload}`,
    findings: probes.map(probe => `probe-missing:${probe}`),
    owner: 'joel',
    reason,
    until,
  }
  return {
    kind: 'waived',
    waiver,
    daysLeft,
    findings: probes.map(probe => ({
      code: `probe-missing:${probe}`,
      seen: `container ${workload} has no ${probe} probe`,
      expected: 'liveness, readiness and startup probes',
      remedy: `add a ${probe} probe to joelclaw/${workload}`,
    })),
  }
}

const exceptions: Readonly<Record<string, Verdict>> = {
  'containers-have-probes · joelclaw/typesense': waived(
    'typesense',
    ['liveness', 'startup'],
    '2027-01-31',
    72,
    'known gap of ADR-0148; liveness without a startup probe would kill it while it loads its ' +
      'indices',
  ),
  'containers-have-probes · joelclaw/bluesky-pds': waived(
    'bluesky-pds',
    ['readiness', 'startup'],
    '2027-03-31',
    131,
    'known gap of ADR-0148; the chart has no values for them, ' +
      'so they need a patch after each upgrade',
  ),
  'containers-have-probes · joelclaw/system-bus-worker': waived(
    'system-bus-worker',
    ['startup'],
    '2026-11-30',
    10,
    'known gap of ADR-0148; to be closed with the next change of its manifest',
  ),
  'containers-have-probes · joelclaw/redis': waived(
    'redis',
    ['startup'],
    '2027-03-31',
    131,
    'not on the list of ADR-0148; starts within seconds as long as its append-only file is small',
  ),
  'critical-data-survive · joelclaw/data-redis-0': {
    kind: 'violated',
    findings: [
      {
        code: 'backup-too-old',
        seen:
          'the youngest of dump-* in /Volumes/three-body/backups/redis is dump-2026-11-18.rdb, ' +
          '2 d 23 h old',
        expected: 'a backup younger than 26 h and larger than 1 KiB',
        remedy:
          'look whether the NAS is mounted and the nightly job runs: ' +
          'launchctl print gui/501/com.joel.backup-redis; then take one by hand: ' +
          'kubectl exec redis-0 -n joelclaw -- redis-cli --rdb /data/dump.rdb',
      },
    ],
  },
  'vm-disks-have-room · disk /var/lib/docker': {
    kind: 'unknown',
    cause: {
      kind: 'unanswered',
      question: 'colima.disks',
      description: 'read the disks of the VM',
      origin: 'colima',
      tookMs: 10_000,
      reason: 'ssh did not answer within 10.0 s',
    },
  },
  'launchd-jobs-find-their-tools · job com.joel.colima': {
    kind: 'not-applicable',
    cause: { kind: 'lacking', reason: 'the lab has no launchd' },
  },
  'launchd-jobs-find-their-tools · job com.joel.k8s-reboot-heal': {
    kind: 'not-applicable',
    cause: { kind: 'lacking', reason: 'the lab has no launchd' },
  },
  'launchd-jobs-find-their-tools · job com.joel.talon': {
    kind: 'not-applicable',
    cause: { kind: 'lacking', reason: 'the lab has no launchd' },
  },
}

const judge = (verdicts: Readonly<Record<string, Verdict>>): readonly Judgement[] =>
  invariants.flatMap(({ name, clauses }) =>
    (subjects[name] ?? ['joelclaw']).map(subject => ({
      invariant: name,
      clauses,
      subject,
      verdict: verdicts[`${name} · ${subject}`] ?? holds,
    })),
  )

const cordoned: Verdict = {
  kind: 'violated',
  findings: [
    {
      code: 'cordoned',
      seen: 'spec.unschedulable is true',
      expected: 'pods can be placed on it',
      remedy: 'kubectl uncordon joelclaw-controlplane-1',
    },
  ],
}

/**
 * Results of every kind: one violation, one unknown, four waivers, eleven drills, three healings.
 * Exit 4, because a drill was refused.
 */
export const sample: Run = {
  version: 1,
  id: '2026-11-21T03-00-00Z-nightly',
  verb: 'nightly',
  cluster: 'joelclaw',
  policyDescription: 'joelclaw: a single Talos node on Colima that everything runs on',
  target: { kind: 'lab', description: 'a simulated world in this process, with virtual time' },
  seed: 48151623,
  versions: {
    holdfast: '0.1.0',
    node: '26.10.0',
    kubernetes: 'v1.35.0',
    colima: '0.10.1',
    talos: 'v1.12.4',
  },
  startedAt: night,
  endedAt: night + 41_700,
  documents,
  choices,
  invariants,
  before: judge({
    ...exceptions,
    'nodes-are-schedulable · node joelclaw-controlplane-1': cordoned,
  }),
  judgements: judge(exceptions),
  healings: [
    {
      fix: 'uncordon',
      title: 'uncordon nodes that a restart left cordoned',
      harm: 'none',
      because: ['nodes-are-schedulable · node joelclaw-controlplane-1'],
      acts: ['kubectl uncordon joelclaw-controlplane-1'],
      outcome: { kind: 'applied', helped: true, tookMs: 2140 },
    },
    {
      fix: 'restart-flannel',
      title: 'delete the flannel pod once; its successor writes subnet.env',
      harm: 'restarts a pod',
      because: ['flannel-has-its-subnet · node joelclaw-controlplane-1'],
      acts: ['kubectl delete pod kube-flannel-x2k9p -n kube-system'],
      outcome: { kind: 'held', cause: { kind: 'not-needed' } },
    },
    {
      fix: 'cycle-colima',
      title: 'force-stop Colima and start it',
      harm: 'restarts the VM',
      because: ['colima-tells-the-truth · Colima default'],
      acts: ['colima stop --force', 'colima start'],
      outcome: { kind: 'held', cause: { kind: 'disabled' } },
    },
  ],
  drills,
  coverage,
  unanswered: [
    {
      key: 'colima.disks',
      question: 'read the disks of the VM',
      origin: 'colima',
      why: 'ssh did not answer within 10.0 s',
    },
  ],
  exitCode: 4,
}

const calm = Object.fromEntries(
  Object.entries(exceptions).filter(
    ([, verdict]) => verdict.kind === 'waived' || verdict.kind === 'not-applicable',
  ),
)

const passing = drills.filter(
  ({ misses, outcome }) => misses.length === 0 && outcome.kind !== 'not-applicable',
)

/** A healthy night: everything holds or is waived, and ten drills pass. */
export const green: Run = {
  ...sample,
  before: judge(calm),
  judgements: judge(calm),
  healings: [],
  unanswered: [],
  exitCode: 0,
  drills: [
    ...passing,
    ...['typesense-hangs', 'typesense-hangs-unnoticed', 'node-comes-back-tainted'].flatMap(
      (name, index) =>
        passing.slice(index + 3, index + 4).map(drill => ({ ...drill, drill: name })),
    ),
  ],
}

/** The API does not answer, so holdfast can judge nothing in the cluster. */
export const silent: Run = {
  ...sample,
  id: '2026-11-21T04-00-00Z-check',
  verb: 'check',
  healings: [],
  drills: [],
  exitCode: 2,
  before: [],
  judgements: sample.judgements.map(judgement =>
    judgement.invariant === 'colima-tells-the-truth' ||
    judgement.invariant === 'ports-answer-their-application'
      ? { ...judgement, verdict: holds }
      : {
          ...judgement,
          verdict: {
            kind: 'unknown' as const,
            cause: {
              kind: 'unanswered' as const,
              question: 'kube.pods',
              description: 'list pods',
              origin: 'kubernetes',
              tookMs: 4,
              reason: 'connect ECONNREFUSED 127.0.0.1:51744',
            },
          },
        },
  ),
  unanswered: ['pods', 'nodes', 'services', 'deployments'].map(kind => ({
    key: `kube.${kind}`,
    question: `list ${kind}`,
    origin: 'kubernetes',
    why: 'connect ECONNREFUSED 127.0.0.1:51744',
  })),
}

/** One drill that was refused. */
export const refused: Run = {
  ...sample,
  id: '2026-11-21T05-00-00Z-drill',
  verb: 'drill',
  before: [],
  judgements: [],
  healings: [],
  unanswered: [],
  exitCode: 4,
  drills: drills.filter(({ outcome }) => outcome.kind === 'refused'),
}

/** One drill on the live cluster, whose fault could not be undone. */
export const left: Run = {
  ...refused,
  id: '2026-11-21T06-00-00Z-drill',
  exitCode: 3,
  target: { kind: 'live', description: 'context admin@joelclaw-1, https://127.0.0.1:51744' },
  drills: drills
    .filter(({ drill }) => drill === 'node-comes-back-cordoned')
    .map(drill => ({
      ...drill,
      leftBehind: [
        {
          description: 'cordon joelclaw-controlplane-1: the API did not answer within 10 min 00 s',
          manualUndo: 'kubectl uncordon joelclaw-controlplane-1',
        },
      ],
    })),
}

/** A plan: what heal would do. */
export const planned: Run = {
  ...refused,
  id: '2026-11-21T07-00-00Z-heal',
  verb: 'heal',
  drills: [],
  exitCode: 1,
  before: [],
  judgements: judge({ 'nodes-are-schedulable · node joelclaw-controlplane-1': cordoned }),
  healings: sample.healings
    .slice(0, 1)
    .map(healing => ({ ...healing, outcome: { kind: 'planned' } })),
}

/** Nothing was selected. */
export const empty: Run = {
  ...refused,
  id: '2026-11-21T08-00-00Z-check',
  verb: 'check',
  drills: [],
  coverage: [],
  invariants: [],
  exitCode: 2,
}
