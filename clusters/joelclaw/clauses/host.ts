// Host: the VM, Docker, launchd, and what a healer may never do to them.
import type { ClauseInput } from '#src/model/index.ts'

export const host: readonly ClauseInput[] = [
  {
    id: 'host.vm-disk',
    statement: 'Somebody hears of it when a disk of the Colima VM is more than 80 % full.',
    source: 'ADR-0148, Disk Monitoring; k8s skill (first vintage), Resilience Rules, rule 5',
    kind: 'must',
    provenBy: ['vm-disks-have-room'],
  },
  {
    id: 'host.launchd-path',
    statement:
      'The plist of every infrastructure job sets a PATH that holds /opt/homebrew/bin: the default one finds neither limactl nor kubectl, and the healers failed silently for six days.',
    source: 'k8s skill (first vintage), Resilience Rules, rule 6',
    kind: 'must',
    provenBy: ['launchd-jobs-find-their-tools'],
  },
  {
    id: 'host.script-path',
    statement: 'A script that launchd runs exports that PATH itself, even where its plist sets it.',
    source: 'k8s skill (first vintage), Resilience Rules, rule 7',
    kind: 'must',
    provenBy: ['launchd-jobs-find-their-tools'],
  },
  {
    id: 'host.never-kill-mux',
    statement: 'The ssh master of Lima is never killed: all tunnels of all ports hang on it.',
    source: 'k8s skill (first vintage), Danger Zones, 1',
    kind: 'danger',
    provenBy: ['guard:kill-ssh-mux'],
  },
  {
    id: 'host.talos-has-no-shell',
    statement:
      'Nobody runs a command in the Talos container: it has no shell. Kernel modules are loaded in the VM, the node is asked through talosctl.',
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
      'When Colima says that it runs, its Docker socket and its ssh do answer: running with both dead is a zombie, and all ports are dead with it.',
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
    statement:
      'A zombie VM is restarted, not started: a start sees that it runs already and does nothing.',
    source: 'k8s skill (first vintage), Danger Zones, 4',
    kind: 'danger',
    provenBy: ['drill:colima-zombie', 'fix:cycle-colima'],
  },
  {
    id: 'host.confirmed-before-cycle',
    statement:
      'The VM is cycled only on evidence confirmed over time and from more than one side: a healthy one was force-cycled on a single false negative.',
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
    statement:
      'The node container comes back by its own restart policy: without one it stayed exited after the VM had come back.',
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
      'The memory limit of the node container fits the workloads, and is checked: 4 GiB inside a VM of 16 GiB starved the whole node.',
    source: 'joelclaw history, 2026-04-20: node pegged at its 4 GiB cap',
    kind: 'lesson',
    provenBy: ['node-containers-keep-their-settings', 'fix:reassert-container-settings'],
  },
  {
    id: 'host.never-destroy-cluster',
    statement:
      'The cluster is never destroyed by a healer: every claim, the PDS identity and all secrets go with it.',
    source: 'joelclaw history, 2026-04-19: rebuild lost the PDS and most of Typesense',
    kind: 'lesson',
    provenBy: ['guard:destroy-cluster'],
  },
  {
    id: 'host.never-delete-vm',
    statement: 'The VM is never deleted by a healer: the disks of all claims are in it.',
    source: 'ADR-0148, Consequences; joelclaw history, 2026-04-19: rebuild',
    kind: 'lesson',
    provenBy: ['guard:delete-vm'],
  },
  {
    id: 'host.never-kill-by-pattern',
    statement:
      'No process is killed by a name pattern: whoever matches dies too, listeners of other services among them.',
    source: 'joelclaw history, 2026-04-16: listeners of Lima killed',
    kind: 'lesson',
    provenBy: ['guard:kill-by-pattern'],
  },
  {
    id: 'host.cooldown-from-the-attempt',
    statement:
      'A repair waits out its cooldown from the attempt on, whether or not it helped: a healthy service was killed 54 times by a healer that counted only successes.',
    source: 'joelclaw history, 2026-07-19: health daemon kill loop',
    kind: 'lesson',
    status: 'planned',
  },
  {
    id: 'host.one-healer-at-a-time',
    statement: 'One healer works at a time: two that ran at once undid and fed each other.',
    source: 'joelclaw history, 2026-07: two recovery routers feeding each other for 36 h',
    kind: 'lesson',
    status: 'planned',
  },
  {
    id: 'host.healer-is-watched',
    statement:
      'Somebody notices when the healer itself does not run: for weeks it was not installed.',
    source: 'joelclaw history, 2026-08-01: heal job missing',
    kind: 'lesson',
    status: 'planned',
  },
]
