// Host: the VM, Docker, launchd, and what a healer may never do to them.
import type { ClauseInput } from '#src/model/index.ts'

export const host: readonly ClauseInput[] = [
  {
    id: 'host.vm-disk',
    statement: 'A disk of the Colima VM that is more than 80 % full raises an alert.',
    source: 'ADR-0148, Disk Monitoring; k8s skill (first vintage), Resilience Rules, rule 5',
    kind: 'must',
    provenBy: ['vm-disks-have-room'],
  },
  {
    id: 'host.launchd-path',
    statement:
      'The plist of every infrastructure job sets a PATH with /opt/homebrew/bin: ' +
      'the default PATH finds neither limactl nor kubectl.',
    story: 'the healers failed silently for six days because launchd did not find limactl',
    source: 'k8s skill (first vintage), Resilience Rules, rule 6',
    kind: 'must',
    provenBy: ['launchd-jobs-find-their-tools'],
  },
  {
    id: 'host.script-path',
    statement: 'A script that launchd runs exports that PATH itself, even if its plist sets it.',
    source: 'k8s skill (first vintage), Resilience Rules, rule 7',
    kind: 'must',
    provenBy: ['launchd-jobs-find-their-tools'],
  },
  {
    id: 'host.never-kill-mux',
    statement: 'No healer kills the ssh master of Lima: it carries the tunnels of all ports.',
    source: 'k8s skill (first vintage), Danger Zones, 1',
    kind: 'danger',
    provenBy: ['guard:kill-ssh-mux'],
  },
  {
    id: 'host.talos-has-no-shell',
    statement:
      'The Talos container has no shell, so no tool runs a command in it. ' +
      'Kernel modules are loaded in the VM; talosctl queries the node.',
    source: 'k8s skill (first vintage), Architecture; Danger Zones, 5',
    kind: 'danger',
    provenBy: [
      'drill:flannel-crash-loops-without-br-netfilter',
      'fix:load-kernel-modules',
      'guard:exec-into-talos',
    ],
  },
  {
    id: 'host.colima-truthful',
    statement:
      'When Colima reports Running, its Docker socket and its ssh answer. ' +
      'Running with both dead is a zombie, and every port is dead with it.',
    source: 'k8s skill (first vintage), Danger Zones, 4',
    kind: 'danger',
    provenBy: [
      'colima-tells-the-truth',
      'drill:colima-zombie',
      'fix:renew-docker-socket',
      'fix:start-docker-in-vm',
      'fix:cycle-colima',
    ],
  },
  {
    id: 'host.zombie-restart',
    statement: 'A zombie VM needs a restart: a start finds it Running and does nothing.',
    source: 'k8s skill (first vintage), Danger Zones, 4',
    kind: 'danger',
    provenBy: ['drill:colima-zombie', 'fix:cycle-colima'],
  },
  {
    id: 'host.confirmed-before-cycle',
    statement: 'A healer cycles the VM only on evidence that several checks confirm over time.',
    story: 'a healer force-cycled a healthy VM on a single false negative, again and again',
    source: 'joelclaw history, 2026-04-15 and 2026-04-16: healthy VM force-cycled, VM churn',
    kind: 'lesson',
    provenBy: [
      'drill:colima-zombie',
      'fix:renew-docker-socket',
      'fix:start-docker-in-vm',
      'fix:cycle-colima',
    ],
  },
  {
    id: 'host.node-container-restart-policy',
    statement: 'The restart policy of the node container brings it back after the VM has started.',
    story:
      'the node container had no restart policy and stayed Exited (255) after the VM came back',
    source: 'joelclaw history, 2026-05-02: node Exited (255), no restart policy',
    kind: 'lesson',
    provenBy: [
      'node-containers-keep-their-settings',
      'drill:node-container-killed',
      'fix:start-node-container',
      'fix:reassert-container-settings',
    ],
  },
  {
    id: 'host.node-container-memory',
    statement:
      'The memory limit of the node container fits the workloads, and every run checks it.',
    story: 'a limit of 4 GiB inside a VM of 16 GiB starved the whole node',
    source: 'joelclaw history, 2026-04-20: node pegged at its 4 GiB cap',
    kind: 'lesson',
    provenBy: ['node-containers-keep-their-settings', 'fix:reassert-container-settings'],
  },
  {
    id: 'host.never-destroy-cluster',
    statement:
      'No healer destroys the cluster: every claim, the PDS identity and all secrets go with it.',
    story: 'a rebuild lost the PDS and most of Typesense',
    source: 'joelclaw history, 2026-04-19: rebuild lost the PDS and most of Typesense',
    kind: 'lesson',
    provenBy: ['guard:destroy-cluster'],
  },
  {
    id: 'host.never-delete-vm',
    statement: 'No healer deletes the VM: it holds the disks of all claims.',
    source: 'ADR-0148, Consequences; joelclaw history, 2026-04-19: rebuild',
    kind: 'lesson',
    provenBy: ['guard:delete-vm'],
  },
  {
    id: 'host.never-kill-by-pattern',
    statement:
      'No healer kills processes by a name pattern: every match dies, ' +
      'listeners of other services among them.',
    story: 'a kill by pattern ended the listeners of Lima',
    source: 'joelclaw history, 2026-04-16: listeners of Lima killed',
    kind: 'lesson',
    provenBy: ['guard:kill-by-pattern'],
  },
  {
    id: 'host.cooldown-from-the-attempt',
    statement: 'A cooldown starts with each attempt at a repair, whether or not it helped.',
    story: 'a healer that counted only successes killed a healthy service 54 times',
    source: 'joelclaw history, 2026-07-19: health daemon kill loop',
    kind: 'lesson',
    status: 'planned',
  },
  {
    id: 'host.one-healer-at-a-time',
    statement: 'One healer works at a time.',
    story: 'two recovery routers undid each other’s repairs for 36 hours',
    source: 'joelclaw history, 2026-07: two recovery routers feeding each other for 36 h',
    kind: 'lesson',
    status: 'planned',
  },
  {
    id: 'host.healer-is-watched',
    statement: 'A healer that does not run raises an alert.',
    story: 'for weeks the heal job was not installed',
    source: 'joelclaw history, 2026-08-01: heal job missing',
    kind: 'lesson',
    provenBy: ['launchd-jobs-run'],
  },
]
