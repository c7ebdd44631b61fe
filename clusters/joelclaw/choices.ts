// Contradictions between joelclaw's documents and its history: both sides, the choice and its
// reason.
import type { PolicyInput } from '#src/model/index.ts'

type Choice = NonNullable<PolicyInput['choices']>[number]

export const choices: readonly Choice[] = [
  {
    topic: 'exposure of system-bus-worker',
    options: [
      'NodePort 3111 behind the mapping 3111→3111',
      'ClusterIP, host port 3111 kept free for a worker on the Mac',
    ],
    chosen: 'NodePort 3111 behind the mapping 3111→3111',
    because:
      'both vintages of the skill list it; ' +
      'where the Mac runs the worker, drop the row and put 3111 into forbiddenPorts',
    source: 'k8s skill (first vintage), Services; joelclaw history, 2026-04-12',
  },
  {
    topic: 'exposure of Typesense',
    options: ['NodePort 8108 in the manifest', 'ClusterIP in the manifest, patched in the cluster'],
    chosen: 'NodePort 8108 in the manifest',
    because: 'the next apply of the file undoes the patch',
    source: 'k8s skill (first vintage), Services; joelclaw history, 2026-04-19',
  },
  {
    topic: 'port-forward for in-cluster control surfaces',
    options: ['never', 'a tunnel that one command opens and closes'],
    chosen: 'a tunnel that one command opens and closes',
    because:
      'the later rule is the narrower one; a forward that outlives its command is still a finding',
    source:
      'k8s skill (first vintage), Resilience Rules, rule 1; ' +
      'k8s skill (later vintage), Resilience Rules, rule 1',
  },
  {
    topic: 'control-plane taint',
    options: [
      'remove it after each restart',
      'let every pod template tolerate it',
      'both: templates tolerate it, and it is removed',
    ],
    chosen: 'both: templates tolerate it, and it is removed',
    because:
      'a template that tolerates it does not wait for a healer; LiveKit, the PDS and AIStor come ' +
      'from charts without the toleration, so tolerating alone leaves three services pending',
    source: 'ADR-0148, Post-Restart Recovery Checklist, step 2; joelclaw history, 2026-03-05',
  },
  {
    topic: 'bindings of the API ports',
    options: ['random, with a kubeconfig that is fetched again', 'pinned to 6443 and 50000'],
    chosen: 'random, with a kubeconfig that is fetched again',
    because:
      'the ADR describes this state; pinning needs a new node container and port 6443, ' +
      'which Caddy held',
    source: 'ADR-0148, Kubeconfig Port Drift; joelclaw history, 2026-05-30',
  },
  {
    topic: 'context after a new kubeconfig',
    options: [
      'the first whose name contains joelclaw',
      'the one named by the policy, proven alive',
    ],
    chosen: 'the one named by the policy, proven alive',
    because: 'the first by name is admin@joelclaw, the context of a dead cluster',
    source: 'ADR-0148, Post-Restart Recovery Checklist, step 1; joelclaw history, 2026-02',
  },
  {
    topic: 'TLS to the API',
    options: ['verified', 'insecure-skip-tls-verify'],
    chosen: 'verified',
    because: 'without verification another service can answer on the old port unnoticed',
    source: 'ADR-0148, Kubeconfig Port Drift; joelclaw history, 2026-05-30',
  },
  {
    topic: 'kubectl dead while all services are well',
    options: [
      'degraded: reported and repaired; services judged by their own answers',
      'a failed recovery',
    ],
    chosen: 'degraded: reported and repaired; services judged by their own answers',
    because:
      'the data path does not need the API, and a lost kubeconfig is no reason to cycle a VM ' +
      'that serves',
    source: 'ADR-0148, Kubeconfig Port Drift; joelclaw history, 2026-05-30',
  },
  {
    topic: 'cure of a zombie VM',
    options: ['colima restart', 'colima stop --force, then colima start'],
    chosen: 'colima stop --force, then colima start',
    because:
      'restart asks the dead VM to shut down and can hang; ' +
      'a forced stop worked in every state that was tried',
    source: 'k8s skill (first vintage), Danger Zones, 4; joelclaw history, 2026-04-15',
  },
  {
    topic: 'when a healer may cycle the VM',
    options: ['at the first sight of a zombie', 'after confirmation over time, then a cooldown'],
    chosen: 'after confirmation over time, then a cooldown',
    because: 'a healthy VM was cycled on one false negative, again and again',
    source:
      'k8s skill (first vintage), Danger Zones, 4; joelclaw history, 2026-04-15 and 2026-04-16',
  },
  {
    topic: 'Lima ssh mux',
    options: ['never killed', 'removed when stale'],
    chosen: 'never killed',
    because:
      'a wrong guess about staleness takes every port down; ' +
      'a forced stop of the VM ends the master anyway',
    source: 'k8s skill (first vintage), Danger Zones, 1; joelclaw history, 2026-03-18',
  },
  {
    topic: 'list of probe gaps',
    options: [
      'the three workloads of the ADR',
      'these and redis, inngest and the startup of Typesense',
    ],
    chosen: 'these and redis, inngest and the startup of Typesense',
    because:
      'the ADR undercounts its own manifests; each gap is a waiver with an owner and a last day',
    source: 'ADR-0148, Health Probes, current gaps; joelclaw history, manifests of 2026-08',
  },
  {
    topic: 'what a passing probe proves',
    options: [
      'that hung processes are caught',
      'that the health page answers, while the data path is asked separately',
    ],
    chosen: 'that the health page answers, while the data path is asked separately',
    because: 'Typesense passed its health page for four days while every query hung',
    source: 'ADR-0148, Consequences; joelclaw history, 2026-08-05',
  },
  {
    topic: 'disks that are watched',
    options: ['/ alone', '/ and /var/lib/docker'],
    chosen: '/ and /var/lib/docker',
    because: 'images and claims live on a separate disk, whose usage / does not show',
    source: 'ADR-0148, Disk Monitoring; joelclaw history, 2026-08-01',
  },
  {
    topic: 'size of the VM',
    options: ['4 CPU, 8 GiB', '8 CPU, 24 GiB'],
    chosen: '8 CPU, 24 GiB',
    because: 'the node container may use 18 GiB, more than a smaller VM has',
    source: 'k8s skill (first vintage), Architecture; joelclaw history, 2026-05-30',
  },
  {
    topic: 'memory of the node container',
    options: ['4 GiB, as the recreation runbook makes it', '18 GiB, asserted on every run'],
    chosen: '18 GiB, asserted on every run',
    because: 'at 4 GiB Typesense alone, with a limit of 8 GiB, starves the node',
    source: 'joelclaw history, 2026-04-20 and 2026-05-30',
  },
  {
    topic: 'LiveKit',
    options: ['a core service of the cluster', 'moved away'],
    chosen: 'a core service of the cluster',
    because: 'all three documents rely on it; once it moves, remove its rows here',
    source: 'ADR-0148, Context; joelclaw history, 2026-07-10',
  },
]
