// Help texts: what each verb is for, its flags, and examples that work as they stand.
import type { VerbName } from './arguments.ts'

const commonFlags = `
Flags that most verbs take
  --cluster NAME|FILE   whose policy (default joelclaw); a name from clusters/ or the path of a policy file
  --target WHERE        lab (default: a simulated world, nothing real is touched), container (a real Kubernetes node in
                        Docker, started for the run and removed after it, cluster sandbox), or live
  --keep, --reuse       container only: leave the node at the end; use the one that was kept
  --only WORD           a clause, a definition's name, or a glob over either, e.g. 'probes.*'
  --seed N              chance of the lab; the same seed gives the same history (default 1)
  --reports FOLDER      where reports go (default reports)
  --given SCENARIO,…    lab only: suffer these scenarios' faults first, then look
  --disable FIX,…       fixes that may not act
  --journal local       live and kept nodes: note the way back on this machine only, not in the cluster, too
  --no-recover          live and kept nodes: leave what earlier drills have left behind as it is
  --json                the report as JSON on stdout
  --full                every verdict on the screen
  HOLDFAST_NODE_IMAGE   container only: another image with k3s' interface (default rancher/k3s:v1.35.0-k3s1)
  The same as environment: HOLDFAST_CLUSTER, HOLDFAST_TARGET, HOLDFAST_SEED, HOLDFAST_ONLY, HOLDFAST_REPORTS, …
`

export const generalHelp = `holdfast: a Kubernetes resilience policy, executable

  holdfast check              judge every invariant of the policy
  holdfast drill [SCENARIO…]  inject incidents, watch the recovery, put everything back
  holdfast heal [--apply]     plan what would repair what does not hold; with --apply, do it
  holdfast nightly            check, heal, and a rotation of drills, in one report
  holdfast gate FILES…        judge manifests before they are applied: file, line, clause, how to fix it
  holdfast list               clauses, invariants, scenarios, fixes, and which covers which
  holdfast explain NAME       a clause, invariant, scenario or fix: what, why, source, what it would do
  holdfast report [--open]    the last run again
  holdfast undo [RUN…]        put back what killed drills have left behind, on a live cluster or a kept node
  holdfast status             what is injected now, by whom, since when, until when, and who is at work
  holdfast stop               have whoever is at work undo what is injected, and leave
  holdfast rbac [SCENARIO…]   the accounts and roles that it needs in the cluster, and no more
  holdfast lab serve          the lab in real time, for kubectl and for eyes
  holdfast <verb> --help      flags and examples of a verb
${commonFlags}
Exit codes
  0 holds · 1 violated or over budget · 2 unknown · 3 undo incomplete · 4 refused
  64 usage or configuration · 70 internal · 130/143 signal

Examples
  holdfast nightly
  holdfast check --only 'exposure.*'
  holdfast drill flannel-loses-its-subnet --seed 7
`

export const verbHelp = {
  check: `holdfast check: judge every invariant of the policy, on one look at the cluster

  --snapshot FILE       judge a saved snapshot (reports/<run>/snapshot.json) instead of looking, by the policy that was
                        saved with it; --cluster takes another
${commonFlags}
Examples
  holdfast check
  holdfast check --only probes.liveness
  holdfast check --given node-comes-back-tainted        (lab: see it red)
  holdfast check --target container
  holdfast check --snapshot reports/<run>/snapshot.json
`,
  drill: `holdfast drill [SCENARIO…]: inject incidents that users lived through, and measure how they end

  Without a name, all scenarios. Each has its steady state, fault, expected detection, healer and budgets; every fault
  is undone at the end. On the lab nothing real is touched.
  --yes                 live: confirm. Without it a terminal shows the plan and asks for the cluster's name (another
                        word: exit 4); where nobody sits at one, a real cluster is not touched
  --dry-run             only say what it would do: what is hit, what guards say, what would be noted, how it is undone
  --allow GUARD         let a guard through, by its name; several times for several (a refusal names them)
${commonFlags}
Examples
  holdfast drill restart-colima
  holdfast drill 'flannel-*' --seed 7
  holdfast drill api-port-drifts --target container --keep
  holdfast drill node-container-paused --dry-run
  holdfast drill node-comes-back-tainted --disable remove-control-plane-taint    (see it fail)
`,
  heal: `holdfast heal: plan what would repair what does not hold, least harm first

  A live cluster is healed in stages. While its API does not say who it is, only fixes of this host act (the port of
  the kubeconfig, a node container that is down, a zombie VM), once it is shown that this host is the policy's. When it
  answers, its identity is compared before anything is written to it; another cluster is left alone (exit 4). A fix
  that the API would not allow is held, with what is lacking.

  --apply               do it, and judge by the same invariants whether it helped
${commonFlags}
Examples
  holdfast heal --given api-port-drifts
  holdfast heal --given api-port-drifts --apply
`,
  nightly: `holdfast nightly: check, heal, and a rotation of drills, in one report

  --drills N|all        how many drills (default: all on the lab, the policy's nightly.drills elsewhere)
  --apply               live: let fixes act (on the lab they always may)
  --yes                 live: let drills act (on the lab they always may)
  --allow GUARD         let a guard through, by its name; several times for several (a refusal names them)
${commonFlags}
Examples
  holdfast nightly
  holdfast nightly --drills 2 --json
`,
  gate: `holdfast gate FILES, FOLDERS or - …: judge manifests that are about to be applied, without a cluster

  The same invariants as check, on files: each finding with file, line, clause, reason and remedy. Folders are read as a
  whole (.holdfastignore is respected), - is stdin. An object's own waiver is an annotation:
    holdfast.dev/waive: "<invariant or code>; owner=<who>; until=YYYY-MM-DD; reason=<why>"

  --fix                 change the files in place where the right value is certain; comments and order stay
  --fix --dry-run       show that as a diff, and change nothing
  --helm, --kustomize   render charts and kustomizations among the folders with your own helm, kustomize or kubectl
  --values FILE         helm only: a values file; may be repeated
  --namespace NAME, -n  where an object without a namespace goes (default default)
  --baseline FILE       fail only on what is not in this report of an earlier gate (made by --format json=FILE)
  --format F[=FILE]     terminal (default), sarif, junit, json, github, openreports; several at once, one on stdout
  --output FILE, -o     file for the format that has none
  --live                also ask the cluster: can it be deployed to now, and what would change (nothing is written)
  --kubernetes VERSION  of the target, e.g. 1.35 (default: the policy's)
  --cluster NAME|FILE   whose policy (default joelclaw); planned ones will do, the gate needs their data only
  --only WORD           a clause, an invariant's name, or a glob over either
  --json                short for --format json
  --full                waived findings, too, and every note

Exit codes: 0 nothing stands in the way, 1 findings, 2 something could not be read or rendered, 64 usage

Examples
  holdfast gate deploy/kubernetes
  holdfast gate k8s/ --format sarif=gate.sarif --format junit=gate.xml
  holdfast gate k8s/ --fix --dry-run
  helm template my-release ./chart | holdfast gate -
`,
  list: `holdfast list: clauses, invariants, scenarios, fixes, and which covers which
${commonFlags}
Examples
  holdfast list
  holdfast list --cluster tazlab
  holdfast list --only 'recovery.*' --json
`,
  explain: `holdfast explain NAME: a clause, invariant, scenario or fix in full

  Statement, why, source, what is observed, what it would do.
${commonFlags}
Examples
  holdfast explain recovery.flannel-has-subnet
  holdfast explain colima-zombie
  holdfast explain cycle-colima
`,
  undo: `holdfast undo [RUN…]: put back what killed drills have left behind

  A drill of a live cluster or a kept node writes down the way back before it injects: on this machine
  ($XDG_STATE_HOME/holdfast, or HOLDFAST_STATE) and, where the API answers, in the namespace holdfast of the cluster, so
  that any machine can undo. Every verb undoes what is left before it does anything else (--no-recover leaves it); this
  does it by hand. RUN is a run or a scenario as holdfast status shows it; without one, all. Exit 3 says that something
  could not be undone, with the command for it; 2 that the cluster could not be asked what else there is.
${commonFlags}
Examples
  holdfast undo
  holdfast undo --target live --cluster joelclaw
  holdfast undo --target container --reuse
`,
  status: `holdfast status: what is injected now, by whom, since when, until when, and who is at work

  Looks at this machine's journals and lock and at their copies in the cluster (live, or a kept node with --target
  container --reuse), and changes nothing. Exit 0: nothing is injected; 3: something is; 2: the
  cluster could not be asked.
${commonFlags}
Examples
  holdfast status
  holdfast status --target container --reuse --json
`,
  stop: `holdfast stop: have whoever is at work on a cluster undo what is injected, and leave

  Works from any machine with access: a running drill or heal sees it within 5 s, by its lease in the cluster or by a
  file on its own machine. Waits until it has left. Exit 3: something is still injected.
${commonFlags}
Examples
  holdfast stop
  holdfast stop --cluster joelclaw
`,
  report: `holdfast report: the last run again

  --open                open report.html in a browser
${commonFlags}
Examples
  holdfast report
  holdfast report --full
`,
  rbac: `holdfast rbac [SCENARIO…]: the accounts, roles and bindings that holdfast needs in a cluster, and no more

  Derived from what invariants, fixes and faults declare. Three accounts in namespace holdfast: holdfast-check only
  looks, holdfast-heal may also do what fixes do, holdfast-drill may also inject and undo the scenarios that are
  selected (default: all that apply to the policy). Where the policy has images for dead-man's switches, there is a
  fourth, holdfast-switch, which may only undo.
  --drills NAMES|all    the same as words: names and globs, with commas
${commonFlags}
Examples
  holdfast rbac
  holdfast rbac 'node-comes-back-*'
  holdfast rbac --cluster sandbox --drills typesense-hangs,pds-nodeport-reset
`,
  lab: `holdfast lab serve: the lab in real time on the loopback, until Ctrl-C

  An HTTPS API server for kubectl, a PATH folder with colima, docker, ssh, talosctl, launchctl and others, the world's
  host ports, and its files. All of it is one simulated world: what one of them changes, the others see. Nothing real is
  touched, nobody but this user gets in, and at the end all files are removed.

  --port N              port of the API server (default: a free one)
  --speed N             how fast time passes, 0.1 to 100 (default 1; --target live wants 1)
  --seed N              chance of the world; the same seed gives the same history (default 1)
  --cluster NAME        whose world (default joelclaw)

Examples
  holdfast lab serve
  holdfast lab serve --port 8443 --speed 10 --seed 7
  In another terminal, with the paths that it prints:
    export KUBECONFIG=<folder>/kubeconfig PATH=<folder>/bin:$PATH
    kubectl get pods -A -o wide
    kubectl drain joelclaw-controlplane-1 --ignore-daemonsets --delete-emptydir-data --force
    colima stop --force && colima start
    HOME=<folder>/home holdfast check --target live --cluster <folder>/policy.json
`,
} as const satisfies Record<VerbName, string>
