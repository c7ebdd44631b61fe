// Test data: eleven drills, one for each way in which a drill can end.
import type {
  DrillEvent,
  DrillResult,
  Duration,
  Judgement,
  Milestone,
  MilestoneName,
  LogEntry,
  Outcome,
  Phase,
} from '#src/model/index.ts'
import { coverage } from './sample-policy.ts'

/** When the drills of the sample begin: on a Saturday night. */
export const night = Date.UTC(2026, 10, 21, 3, 0, 0)

type Told = readonly [second: number, phase: Phase, event: DrillEvent]

const steady: DrillEvent = { kind: 'steady-state', holds: true }
const fault = (description: string): DrillEvent => ({ kind: 'fault', description })
const undone = (description: string): DrillEvent => ({ kind: 'undone', description })
const noticed = (invariant: string): DrillEvent => ({ kind: 'noticed', invariant })
const signal = (name: string, kind: 'lost' | 'back'): DrillEvent => ({
  kind: 'signal',
  signal: name,
  change: { kind },
})
const acts = (fix: string, command: string): DrillEvent => ({ kind: 'fix-acts', fix, command })
const ended = (fix: string, outcome: 'helped' | 'did-not-help'): DrillEvent => ({
  kind: 'fix-ended',
  fix,
  result: outcome,
})

interface Sketch {
  drill: string
  title: string
  /**
   * Minutes after the start of the night, and seconds from there to the injection and to the end.
   */
  minute: number
  lead: number
  end: number
  faults: readonly string[]
  outcome: Outcome
  /**
   * Seconds after the injection: the last check before the milestone and the first one after it.
   */
  milestones?: Partial<Record<MilestoneName, readonly [number, number]>>
  budgets: Partial<Record<MilestoneName, Duration>>
  misses?: DrillResult['misses']
  unknown?: DrillResult['unknown']
  /** Seconds after the injection. */
  timeline?: readonly Told[]
  leftBehind?: DrillResult['leftBehind']
}

const violation = (invariant: string, subject: string, code: string, seen: string): Judgement => ({
  invariant,
  clauses: [],
  subject,
  verdict: { kind: 'violated', findings: [{ code, seen, expected: '', remedy: '' }] },
})

function result(sketch: Sketch): DrillResult {
  const {
    drill,
    title,
    minute,
    lead,
    end,
    faults,
    outcome,
    milestones,
    budgets,
    misses = [],
    unknown = [],
    timeline = [],
    leftBehind = [],
  } = sketch
  const startedAt = night + minute * 60_000
  const injectedAt = startedAt + lead * 1000
  const at = (second: number) => Math.round(injectedAt + second * 1000)
  const list: Milestone[] =
    milestones === undefined
      ? []
      : [
          { milestone: 'injected', after: injectedAt, by: injectedAt },
          ...Object.entries(milestones).map(([milestone, [after, by]]): Milestone => ({
            milestone: milestone as MilestoneName,
            after: at(after),
            by: at(by),
          })),
        ]
  const told: readonly LogEntry[] = timeline.map(([second, phase, event]) => ({
    at: at(second),
    phase,
    event,
  }))
  return {
    drill,
    clauses: coverage.filter(entry => entry.drills.includes(drill)).map(({ clause }) => clause.id),
    title,
    incident: {
      story: `what users lived through before ${drill} was written`,
      source: 'ADR-0148, Context',
    },
    startedAt,
    endedAt: at(end),
    faults,
    outcome,
    milestones: list.toSorted((a, b) => a.by - b.by),
    misses,
    unknown,
    budgets,
    timeline: told,
    leftBehind,
  }
}

const node = 'joelclaw-controlplane-1'
const taint = `taint ${node} with node-role.kubernetes.io/control-plane:NoSchedule`
const pds = 'delete the pods app.kubernetes.io/name=bluesky-pds in joelclaw'

const tainted = violation(
  'taints-are-tolerated',
  `node ${node}`,
  'taint:node-role.kubernetes.io/control-plane',
  'node-role.kubernetes.io/control-plane:NoSchedule is not tolerated by joelclaw/bluesky-pds',
)
const endangered = violation(
  'critical-data-survive',
  'joelclaw/data-redis-0',
  'reclaim-policy',
  'its volume is deleted with its claim',
)

export const drills: readonly DrillResult[] = [
  result({
    drill: 'restart-colima',
    title: 'everything comes back after a clean restart of Colima',
    minute: 1,
    lead: 2.4,
    end: 312,
    faults: ['colima restart'],
    outcome: {
      kind: 'healed-by-fixes',
      fixes: ['regenerate-kubeconfig', 'repoint-talosconfig', 'remove-control-plane-taint'],
    },
    milestones: {
      detected: [0, 1.2],
      'api back': [118.2, 119.2],
      'nodes ready': [131, 133],
      'pods ready': [204, 206],
      'endpoints ready': [206.5, 207.5],
      'service answering': [209.1, 209.6],
      recovered: [214.2, 219.8],
      undone: [311, 311],
    },
    budgets: { detected: '30 s', 'service answering': '240 s', recovered: '420 s' },
    timeline: [
      [-2.1, 'prepare', steady],
      [-0.4, 'prepare', fault('colima restart')],
      [0, 'inject', fault('colima restart')],
      [0.8, 'watch', signal('service answering', 'lost')],
      [0.9, 'watch', signal('api back', 'lost')],
      [1.2, 'heal', noticed('ports-answer-their-application')],
      [121, 'heal', noticed('kubeconfig-points-to-the-api')],
      [122.5, 'heal', acts('repoint-talosconfig', 'talosctl config endpoint 127.0.0.1:51744')],
      [124, 'heal', ended('repoint-talosconfig', 'helped')],
      [125, 'heal', acts('regenerate-kubeconfig', 'talosctl kubeconfig --force ~/.kube/config')],
      [129, 'heal', ended('regenerate-kubeconfig', 'helped')],
      [133, 'watch', signal('nodes ready', 'back')],
      [
        140,
        'heal',
        acts(
          'remove-control-plane-taint',
          'kubectl taint nodes joelclaw-controlplane-1 ' +
            'node-role.kubernetes.io/control-plane:NoSchedule-',
        ),
      ],
      [147, 'heal', ended('remove-control-plane-taint', 'helped')],
      [206, 'watch', signal('pods ready', 'back')],
      [209.6, 'watch', signal('service answering', 'back')],
      [281, 'judge', { kind: 'note', text: 'everything held for 60 s' }],
      [311, 'undo', undone('colima restart')],
    ],
  }),
  result({
    drill: 'colima-zombie',
    title: 'a VM that reports Running while it is dead is detected and restarted',
    minute: 8,
    lead: 3.1,
    end: 402,
    faults: ['stop Docker and sshd inside the VM: it goes on saying Running'],
    outcome: {
      kind: 'healed-by-fixes',
      fixes: [
        'cycle-colima',
        'regenerate-kubeconfig',
        'repoint-talosconfig',
        'remove-control-plane-taint',
      ],
    },
    milestones: {
      detected: [0.9, 2.3],
      'api back': [171, 172],
      'nodes ready': [182, 184],
      'service answering': [268.5, 269],
      recovered: [276.4, 284.1],
      undone: [401, 401],
    },
    budgets: { detected: '30 s', 'service answering': '300 s', recovered: '480 s' },
    timeline: [
      [-3, 'prepare', steady],
      [0, 'inject', fault('stop Docker and sshd inside the VM')],
      [2.3, 'heal', noticed('colima-tells-the-truth')],
      [
        3,
        'heal',
        {
          kind: 'fix-confirming',
          fix: 'cycle-colima',
          looks: 6,
          every: '5 s',
        },
      ],
      [33, 'heal', acts('cycle-colima', 'colima stop --force')],
      [52, 'heal', acts('cycle-colima', 'colima start')],
      [176, 'heal', ended('cycle-colima', 'helped')],
      [269, 'watch', signal('service answering', 'back')],
      [346, 'judge', { kind: 'note', text: 'everything held for 60 s' }],
      [401, 'undo', undone('stop Docker and sshd inside the VM')],
    ],
  }),
  result({
    drill: 'flannel-pod-killed',
    title: 'the DaemonSet replaces a killed flannel pod without help',
    minute: 16,
    lead: 2,
    end: 40,
    faults: ['delete the pods app=flannel in kube-system'],
    outcome: { kind: 'healed-by-itself' },
    milestones: {
      detected: [0.4, 1.4],
      'pods ready': [3.6, 4.1],
      recovered: [3.3, 4.8],
      undone: [39, 39],
    },
    budgets: { detected: '15 s', recovered: '40 s' },
    timeline: [
      [-1.8, 'prepare', steady],
      [0, 'inject', fault('delete the pods app=flannel in kube-system')],
      [1.4, 'heal', noticed('flannel-serves-every-node')],
      [4.1, 'watch', signal('pods ready', 'back')],
      [39, 'undo', undone('delete the pods app=flannel in kube-system')],
    ],
  }),
  result({
    drill: 'flannel-crash-loops-without-br-netfilter',
    title: 'flannel that crash-loops without br_netfilter gets the module back and restarts once',
    minute: 17,
    lead: 2,
    end: 92,
    faults: ['unload br_netfilter in the VM', 'delete the pods app=flannel in kube-system'],
    outcome: { kind: 'healed-by-fixes', fixes: ['load-kernel-modules', 'restart-flannel'] },
    milestones: { detected: [1, 2.5], recovered: [38.2, 44.4], undone: [91, 91] },
    budgets: { detected: '15 s', recovered: '120 s' },
    timeline: [
      [0, 'inject', fault('unload br_netfilter in the VM')],
      [2.5, 'heal', noticed('kernel-is-prepared')],
      [4, 'heal', acts('load-kernel-modules', 'sudo modprobe br_netfilter')],
      [18, 'heal', acts('restart-flannel', 'kubectl delete pod kube-flannel-x2k9p -n kube-system')],
      [91, 'undo', undone('unload br_netfilter in the VM')],
    ],
  }),
  result({
    drill: 'flannel-loses-its-subnet',
    title:
      'flannel that runs without its subnet.env is restarted once, and pods get their sandboxes',
    minute: 20,
    lead: 2,
    end: 110,
    faults: [`remove /run/flannel/subnet.env in ${node} while flannel runs`],
    outcome: { kind: 'healed-by-fixes', fixes: ['restart-flannel'] },
    milestones: {
      detected: [8.2, 12.2],
      'service answering': [36.1, 36.6],
      recovered: [36.9, 42.9],
      undone: [109, 109],
    },
    budgets: { 'service answering': '240 s', recovered: '300 s' },
    timeline: [
      [0, 'inject', fault('remove /run/flannel/subnet.env')],
      [12.2, 'heal', noticed('flannel-has-its-subnet')],
      [13, 'heal', acts('restart-flannel', 'kubectl delete pod kube-flannel-x2k9p -n kube-system')],
      [36.6, 'watch', signal('service answering', 'back')],
      [109, 'undo', undone('remove /run/flannel/subnet.env')],
    ],
  }),
  result({
    drill: 'node-comes-back-tainted',
    title: 'a node that comes back with the control-plane taint is untainted',
    minute: 23,
    lead: 1.2,
    end: 241,
    faults: [taint, pds],
    outcome: {
      kind: 'not-healed',
      cause: { kind: 'still-failing', judgements: [tainted] },
    },
    milestones: { detected: [0.2, 1.1], undone: [241, 241] },
    budgets: { detected: '15 s', 'service answering': '120 s', recovered: '120 s' },
    misses: [{ kind: 'outcome' }],
    timeline: [
      [-1, 'prepare', steady],
      [0, 'inject', fault(taint)],
      [0.1, 'inject', fault(pds)],
      [1.1, 'heal', noticed('taints-are-tolerated')],
      [1.4, 'watch', signal('service answering', 'lost')],
      [
        2,
        'heal',
        acts(
          'remove-control-plane-taint',
          `kubectl taint nodes ${node} node-role.kubernetes.io/control-plane:NoSchedule-`,
        ),
      ],
      [62, 'heal', ended('remove-control-plane-taint', 'did-not-help')],
      [
        64,
        'heal',
        acts(
          'remove-control-plane-taint',
          `kubectl taint nodes ${node} node-role.kubernetes.io/control-plane:NoSchedule-`,
        ),
      ],
      [124, 'heal', ended('remove-control-plane-taint', 'did-not-help')],
      [241, 'undo', undone(pds)],
      [241, 'undo', undone(taint)],
    ],
  }),
  result({
    drill: 'node-comes-back-cordoned',
    title: 'a node that comes back cordoned is uncordoned',
    minute: 28,
    lead: 1.1,
    end: 45,
    faults: [`cordon ${node}`, pds],
    outcome: { kind: 'healed-by-fixes', fixes: ['uncordon'] },
    milestones: {
      detected: [0.1, 1],
      'pods ready': [8.6, 9.6],
      'service answering': [9.8, 10.3],
      recovered: [10.1, 13.5],
      undone: [44, 44],
    },
    budgets: { detected: '15 s', 'service answering': '120 s', recovered: '120 s' },
    timeline: [
      [0, 'inject', fault(`cordon ${node}`)],
      [1, 'heal', noticed('nodes-are-schedulable')],
      [1.6, 'heal', acts('uncordon', `kubectl uncordon ${node}`)],
      [3.6, 'heal', ended('uncordon', 'helped')],
      [44, 'undo', undone(`cordon ${node}`)],
    ],
  }),
  result({
    drill: 'api-port-drifts',
    title: 'kubeconfig and talosconfig follow the API to its new ports',
    minute: 30,
    lead: 1.6,
    end: 380,
    faults: [`docker restart ${node}`],
    outcome: {
      kind: 'healed-by-fixes',
      fixes: ['repoint-talosconfig', 'regenerate-kubeconfig', 'restart-flannel'],
    },
    milestones: {
      detected: [1.8, 3.4],
      'api back': [24, 25],
      'service answering': [40.5, 41],
      recovered: [311.4, 318.2],
      undone: [379, 379],
    },
    budgets: { detected: '60 s', 'service answering': '180 s', recovered: '300 s' },
    misses: [
      { kind: 'over-budget', milestone: 'recovered', after: 311_400, budget: '300 s' },
      { kind: 'unexpected-fix', fix: 'restart-flannel' },
    ],
    timeline: [
      [0, 'inject', fault(`docker restart ${node}`)],
      [3.4, 'heal', noticed('kubeconfig-points-to-the-api')],
      [26, 'heal', acts('repoint-talosconfig', 'talosctl config endpoint 127.0.0.1:58211')],
      [30, 'heal', acts('regenerate-kubeconfig', 'talosctl kubeconfig --force ~/.kube/config')],
      [
        280,
        'heal',
        acts('restart-flannel', 'kubectl delete pod kube-flannel-x2k9p -n kube-system'),
      ],
      [379, 'undo', undone(`docker restart ${node}`)],
    ],
  }),
  result({
    drill: 'pds-nodeport-reset',
    title: 'a NodePort that a Helm upgrade resets is set back to the port of its mapping',
    minute: 37,
    lead: 1,
    end: 38,
    faults: ['set the NodePort of joelclaw/bluesky-pds to 31873'],
    outcome: { kind: 'healed-by-fixes', fixes: ['patch-nodeport'] },
    milestones: {
      detected: [0.3, 1.2],
      'service answering': [2.4, 2.9],
      recovered: [2.6, 4.4],
      undone: [37, 37],
    },
    budgets: { detected: '15 s', 'service answering': '60 s', recovered: '60 s' },
    timeline: [
      [0, 'inject', fault('set the NodePort of joelclaw/bluesky-pds to 31873')],
      [1.2, 'heal', noticed('host-services-use-nodeports')],
      [1.5, 'heal', acts('patch-nodeport', 'kubectl patch svc bluesky-pds -n joelclaw')],
      [37, 'undo', undone('set the NodePort of joelclaw/bluesky-pds to 31873')],
    ],
  }),
  result({
    drill: 'typesense-hangs',
    title: 'a hung Typesense with a liveness probe is restarted by its kubelet',
    minute: 39,
    lead: 4,
    end: 4,
    faults: ['freeze typesense-server (SIGSTOP): it accepts and does not answer'],
    outcome: {
      kind: 'refused',
      cause: { kind: 'steady-state', judgements: [endangered] },
    },
    budgets: { detected: '30 s', 'service answering': '240 s', recovered: '300 s' },
    misses: [{ kind: 'outcome' }],
    timeline: [
      [-3.8, 'prepare', fault('give joelclaw/typesense a liveness probe')],
      [-3.5, 'inject', fault('give joelclaw/typesense a liveness probe')],
      [4, 'undo', undone('give joelclaw/typesense a liveness probe')],
    ],
  }),
  result({
    drill: 'port-forward-dies-silently',
    title: 'a dead port-forward is detected and ended',
    minute: 40,
    lead: 1,
    end: 1,
    faults: ['expose joelclaw/dkron-svc by “kubectl port-forward”, then freeze the forward'],
    outcome: {
      kind: 'not-applicable',
      cause: {
        kind: 'lacking',
        capability: 'processes',
        reason: 'this target has no process table of the host',
      },
    },
    budgets: { detected: '15 s', recovered: '60 s' },
  }),
]
