// Test data: a policy's clauses, invariants and choices as a run of joelclaw shows them.
import type { Clause, Coverage, InvariantInfo, Run } from '#src/model/index.ts'

type ClauseRow = readonly [
  id: string,
  kind: Clause['kind'],
  description: string,
  source: string,
  invariants?: string,
  drills?: string,
  fixes?: string,
  guard?: string,
]

const adr = 'ADR-0148'
const skill = 'k8s skill (first vintage)'
const history = 'joelclaw history'

/** Names are separated by spaces. */
const rows: readonly ClauseRow[] = [
  [
    'exposure.nodeport-only',
    'must',
    'A service that the host depends on is reached through a NodePort behind a Docker mapping ' +
      'of the Talos container, and in no other way.',
    `${adr}, Service Exposure`,
    'host-services-use-nodeports',
    '',
    'patch-nodeport',
  ],
  [
    'exposure.no-persistent-port-forward',
    'must',
    'Nothing that somebody relies on runs over kubectl port-forward.',
    `${adr}, Service Exposure`,
    'no-persistent-port-forward',
    'port-forward-dies-silently',
    'end-dead-port-forward',
  ],
  [
    'exposure.never-forward-ourselves',
    'must',
    'Whoever repairs the cluster does not bring a port back by forwarding it.',
    `${skill}, Resilience Rules, rule 1`,
    '',
    '',
    '',
    'port-forward',
  ],
  [
    'exposure.nodeport-equals-container-port',
    'rule',
    'The number of a NodePort is the container side of the Docker mapping, ' +
      'whatever the number on the host is.',
    `${skill}, Services`,
    'host-services-use-nodeports port-table-agrees',
    'pds-nodeport-reset',
    'patch-nodeport',
  ],
  [
    'exposure.port-table-agrees',
    'checklist',
    'The port table, the bindings of the node container and the Services say the same.',
    `${adr}, Service Exposure, step 3`,
    'port-table-agrees',
  ],
  [
    'exposure.port-answers-its-application',
    'rule',
    'Each mapped port gives the answer of its own application. ' +
      'That something accepts a connection proves nothing.',
    `${skill}, Quick Health Check`,
    'ports-answer-their-application',
    'typesense-hangs-unnoticed',
    'restart-workload',
  ],
  [
    'exposure.one-owner-per-port',
    'lesson',
    'A host port has one owner: a leftover mapping keeps a process of the Mac from starting.',
    `${history}, 2026-04-12`,
  ],
  [
    'probes.liveness',
    'must',
    'Every long-running container has a liveness probe, so that a hung process is restarted ' +
      'rather than left as a zombie.',
    `${adr}, Health Probes`,
    'containers-have-probes',
    'typesense-hangs',
  ],
  [
    'probes.readiness',
    'must',
    'Every long-running container has a readiness probe, so that it gets traffic only while it ' +
      'can serve.',
    `${adr}, Health Probes`,
    'containers-have-probes',
  ],
  [
    'probes.startup',
    'must',
    'Every long-running container has a startup probe, so that liveness does not kill what is ' +
      'still coming up.',
    `${adr}, Health Probes`,
    'containers-have-probes',
  ],
  [
    'probes.host-network-loopback',
    'lesson',
    'A container on the host network is probed on 127.0.0.1.',
    `${history}, 2026-02-26: LiveKit reconcile after each Helm upgrade`,
    'host-network-probes-pin-loopback',
  ],
  [
    'probes.data-path',
    'lesson',
    'Health is asked of the data path: a Typesense with all its threads blocked answered its ' +
      'health page for four days.',
    `${history}, 2026-08-05`,
  ],
  [
    'endpoints.kubeconfig-points-to-mapped-port',
    'must',
    'The kubeconfig names the host port that Docker maps to 6443 now.',
    `${adr}, Kubeconfig Port Drift`,
    'kubeconfig-points-to-the-api',
    'api-port-drifts',
    'regenerate-kubeconfig',
  ],
  [
    'endpoints.talosconfig-points-to-mapped-port',
    'must',
    'The talosconfig names the host port that Docker maps to 50000 now.',
    `${adr}, Kubeconfig Port Drift`,
    'talosconfig-points-to-talos',
    'api-port-drifts',
    'repoint-talosconfig',
  ],
  [
    'endpoints.tls-verifies',
    'lesson',
    'TLS to the API verifies against the CA in the kubeconfig.',
    `${adr}, Kubeconfig Port Drift, tls errors`,
    'tls-verifies',
  ],
  [
    'endpoints.context-is-this-cluster',
    'lesson',
    'The selected context is alive and belongs to this cluster.',
    `${skill}, Key Files`,
    'context-is-this-cluster',
  ],
  [
    'recovery.no-untolerated-taint',
    'checklist',
    'After a restart the control-plane taint is off the only node again.',
    `${adr}, Post-Restart Recovery Checklist, step 2`,
    'taints-are-tolerated',
    'node-comes-back-tainted',
    'remove-control-plane-taint',
  ],
  [
    'recovery.node-not-cordoned',
    'checklist',
    'After a restart the node takes pods: it is not cordoned.',
    `${skill}, Resilience Rules, rule 3`,
    'nodes-are-schedulable',
    'node-comes-back-cordoned',
    'uncordon',
  ],
  [
    'recovery.flannel-available',
    'checklist',
    'After a restart flannel runs and is available on every node.',
    `${adr}, Post-Restart Recovery Checklist, step 3`,
    'flannel-serves-every-node',
    'flannel-pod-killed flannel-crash-loops-without-br-netfilter',
    'restart-flannel',
  ],
  [
    'recovery.br-netfilter',
    'checklist',
    'When flannel crash-loops, the module br_netfilter is loaded in the kernel of the VM.',
    `${adr}, Post-Restart Recovery Checklist, step 4`,
    'kernel-is-prepared',
    'flannel-crash-loops-without-br-netfilter',
    'load-kernel-modules',
  ],
  [
    'recovery.flannel-has-subnet',
    'failure-mode',
    'Flannel has its subnet.env: without it every new pod fails at its sandbox.',
    `${history}, 2026-06-22: broken for 17 days unnoticed`,
    'flannel-has-its-subnet',
    'flannel-loses-its-subnet',
    'restart-flannel',
  ],
  [
    'recovery.pods-running',
    'checklist',
    'After a restart all pods reach Running and are ready in bounded time.',
    `${adr}, Post-Restart Recovery Checklist, step 5`,
    'workloads-have-their-replicas no-pod-is-stuck',
    'restart-colima',
  ],
  [
    'recovery.automatic',
    'must',
    'Services come back from a restart without a person.',
    `${adr}, Consequences`,
    'node-containers-run',
    'restart-colima colima-zombie',
  ],
  [
    'recovery.node-ready',
    'failure-mode',
    'The node is Ready, by the word of a kubelet that reports now.',
    `${adr}, Context`,
    'nodes-are-ready node-containers-run',
    '',
    'start-node-container',
  ],
  [
    'recovery.no-pod-unknown',
    'lesson',
    'No pod stays in phase Unknown.',
    `${history}, 2026-07-09: a pod Unknown for 32 days`,
    'no-pod-is-unknown',
    '',
    'delete-unknown-pods',
  ],
  [
    'storage.claims-known',
    'must',
    'Each claim is known with what would be lost with it.',
    `${adr}, PVC Data Protection`,
    'critical-claims-are-bound',
  ],
  [
    'storage.claims-backed-up',
    'must',
    'Each claim has a young backup that is not empty; a job that ended well is no backup.',
    `${adr}, PVC Data Protection, to do`,
    'critical-data-survive',
  ],
  [
    'storage.never-delete-claim',
    'must',
    'A claim is never deleted by a healer: the reclaim policy is Delete, so the data goes with it.',
    `${adr}, PVC Data Protection`,
    '',
    '',
    '',
    'delete-claim',
  ],
  [
    'host.vm-disk',
    'must',
    'Somebody hears of it when a disk of the Colima VM is more than 80 % full.',
    `${adr}, Disk Monitoring`,
    'vm-disks-have-room',
  ],
  [
    'host.launchd-path',
    'must',
    'The plist of every infrastructure job sets a PATH that holds /opt/homebrew/bin.',
    `${skill}, Resilience Rules, rule 6`,
    'launchd-jobs-find-their-tools',
  ],
  [
    'host.colima-truthful',
    'danger',
    'When Colima says that it runs, its Docker socket and its ssh do answer.',
    `${skill}, Danger Zones, 4`,
    'colima-tells-the-truth',
    'colima-zombie',
    'cycle-colima',
  ],
  [
    'host.never-kill-mux',
    'danger',
    'The ssh master of Lima is never killed: all tunnels of all ports hang on it.',
    `${skill}, Danger Zones, 1`,
    '',
    '',
    '',
    'kill-ssh-mux',
  ],
  [
    'host.node-container-memory',
    'lesson',
    'The memory limit of the node container fits the workloads, and is checked.',
    `${history}, 2026-04-20: node pegged at its 4 GiB cap`,
    'node-containers-keep-their-settings',
  ],
  [
    'services.no-dkron-name',
    'danger',
    'No Service is called just dkron: Dkron reads the variables that Kubernetes makes of it.',
    'k8s skill (later vintage), Danger Zones',
    'no-harmful-service-name',
  ],
  [
    'services.images-pinned',
    'lesson',
    'Images carry a tag that stays, and start from the cache when the registry is out of reach.',
    `${history}, 2026-07-19`,
  ],
]

const words = (text = ''): readonly string[] => text.split(' ').filter(Boolean)

export const coverage: readonly Coverage[] = rows.map(
  ([id, kind, statement, source, invariants, drills, fixes, guard]) => ({
    clause: {
      id,
      statement,
      source,
      kind,
      status: invariants === undefined ? 'planned' : 'active',
      provenBy: [
        ...words(invariants),
        ...words(drills).map(drill => `drill:${drill}`),
        ...words(fixes).map(fix => `fix:${fix}`),
        ...(guard === undefined ? [] : [`guard:${guard}`]),
      ],
    },
    invariants: words(invariants),
    drills: words(drills),
    fixes: words(fixes),
    guards: guard === undefined ? [] : [guard],
  }),
)

const invariantRows: readonly (readonly [name: string, title: string, reason: string])[] = [
  [
    'host-services-use-nodeports',
    'every service that the host uses has the NodePort that its mapping leads to',
    'Docker hands traffic to the container-side port; ' +
      'a NodePort with any other number never sees it',
  ],
  [
    'port-table-agrees',
    'the port table, the Services and the node container’s port bindings agree',
    'a port that only two of the three know is refused, or served by somebody else',
  ],
  [
    'no-persistent-port-forward',
    'no kubectl port-forward serves anybody',
    'a port-forward dies silently on idle, restart or a new pod, and takes its users with it',
  ],
  [
    'ports-answer-their-application',
    'each mapped port answers its application’s check from the host',
    'only content proves the whole path: a forwarder accepts for a dead VM',
  ],
  [
    'containers-have-probes',
    'every long-running container has liveness, readiness and startup probes',
    'without them a hung process stays Running and nobody notices',
  ],
  [
    'host-network-probes-pin-loopback',
    'probes of host-network containers target 127.0.0.1',
    'under hostNetwork the pod address is the node address, where the application does not listen',
  ],
  [
    'kubeconfig-points-to-the-api',
    'the kubeconfig points to the API’s current port',
    'unpinned ports change at each start of the node container: every kubectl-dependent tool fails',
  ],
  [
    'talosconfig-points-to-talos',
    'the talosconfig points to the Talos API’s current port',
    'talosctl is the only way into a node without a shell, and the way to a new kubeconfig',
  ],
  [
    'tls-verifies',
    'TLS to the API verifies against the kubeconfig',
    'a tool that skips verification cannot tell this cluster from whatever else listens on its ' +
      'old port',
  ],
  [
    'context-is-this-cluster',
    'the current context answers and is this cluster',
    'a stale context of a dead cluster sorts first by name',
  ],
  [
    'nodes-are-ready',
    'every node is Ready and its kubelet is reporting',
    'after a restart the API repeats the last good news for a while, although nothing runs',
  ],
  [
    'nodes-are-schedulable',
    'no node is cordoned',
    'a cordon that a restart left behind keeps every new pod Pending, and nothing else complains',
  ],
  [
    'taints-are-tolerated',
    'no taint keeps a workload off its nodes',
    'the control-plane taint comes back with every restart of the node; ' +
      'what does not tolerate it stays Pending',
  ],
  [
    'node-containers-run',
    'every node’s container is running',
    'a node container without a restart policy once stayed Exited (255) after the VM came back',
  ],
  [
    'flannel-serves-every-node',
    'flannel is available on every node',
    'a pod on a node without flannel gets no network, or none at all starts',
  ],
  [
    'flannel-has-its-subnet',
    'no sandbox has failed for lack of subnet.env since flannel last started',
    'flannel can be Running without its file, and once nobody noticed for 17 days',
  ],
  [
    'kernel-is-prepared',
    'the kernel under the nodes has the modules and sysctls that flannel needs',
    'Talos in Docker shares the kernel of the VM',
  ],
  [
    'workloads-have-their-replicas',
    'every workload has as many ready replicas as the policy wants',
    'scaled to zero on purpose is healthy; ' +
      'one replica short is an outage of a service that has one',
  ],
  [
    'no-pod-is-unknown',
    'no pod is Unknown',
    'a pod in phase Unknown holds its name and its claim, and no controller replaces it',
  ],
  [
    'no-pod-is-stuck',
    'no pod has been starting or stopping longer than its budget',
    'an old ReplicaSet can serve while its successor fails for nine days and nobody looks',
  ],
  [
    'critical-claims-are-bound',
    'every critical claim exists and is bound',
    'a claim that was deleted with its volume comes back empty under the same name',
  ],
  [
    'critical-data-survive',
    'every critical claim has a recent, non-empty backup or a volume that is retained',
    'backups once ran green for two months and saved nothing',
  ],
  [
    'vm-disks-have-room',
    'the disks of the VM are below their limit',
    'a full disk evicts pods; and the root disk says nothing about the one that holds images ' +
      'and claims',
  ],
  [
    'launchd-jobs-find-their-tools',
    'every launchd job and each of its scripts has homebrew on its PATH',
    'the default PATH of launchd lacks it: healers once failed silently for six days',
  ],
  [
    'colima-tells-the-truth',
    'Colima says that it runs, and its Docker socket and ssh agree',
    'a VM can say Running while it is dead; start is then a no-op, and every port is refused',
  ],
  [
    'node-containers-keep-their-settings',
    'the node containers have the restart policy and memory that the policy states',
    'with the default memory the node is slowed to a standstill inside a large VM',
  ],
  [
    'no-harmful-service-name',
    'no Service has a name whose variables break its neighbours',
    'Kubernetes injects <NAME>_PORT and the like into every pod of the namespace',
  ],
]

export const invariants: readonly InvariantInfo[] = invariantRows.map(([name, title, reason]) => {
  const clauses = coverage
    .filter(entry => entry.invariants.includes(name))
    .map(({ clause }) => clause.id)
  return { name, section: clauses[0]?.split('.')[0] ?? '', title, reason, clauses, stories: [] }
})

export const documents: Run['documents'] = [
  {
    id: 'ADR-0148',
    title: 'Kubernetes Cluster Resilience Policy, with the kubeconfig section of 2026-03-21',
  },
  {
    id: 'k8s skill (first vintage)',
    title: 'Operating notes of the cluster, 2026-02-28 to 2026-03-04',
  },
  {
    id: 'k8s skill (later vintage)',
    title: 'Operating notes of the cluster, 2026-03-07 to 2026-03-17, with Dkron and AIStor',
  },
  { id: 'joelclaw history', title: 'Incidents and commits of the public repository until 2026-08' },
]

export const choices: Run['choices'] = [
  {
    topic: 'control-plane taint',
    options: ['remove it after each restart', 'let every pod template tolerate it'],
    chosen: 'remove it after each restart',
    because:
      'LiveKit, the PDS and AIStor come from charts without the toleration, ' +
      'so tolerating alone leaves three services pending',
    source: 'ADR-0148, Post-Restart Recovery Checklist, step 2',
  },
  {
    topic: 'cure of a zombie VM',
    options: ['colima restart', 'colima stop --force, then colima start'],
    chosen: 'colima stop --force, then colima start',
    because:
      'restart asks the dead VM to shut down and can hang; ' +
      'a forced stop worked in every state that was tried',
    source: 'k8s skill (first vintage), Danger Zones, 4',
  },
  {
    topic: 'memory of the node container',
    options: ['4 GiB, as the recreation runbook makes it', '18 GiB, asserted on every run'],
    chosen: '18 GiB, asserted on every run',
    because: 'at 4 GiB Typesense alone, with a limit of 8 GiB, starves the node',
    source: 'joelclaw history, 2026-04-20 and 2026-05-30',
  },
]
