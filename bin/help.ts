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
  holdfast list               clauses, invariants, scenarios, fixes, and which covers which
  holdfast explain NAME       a clause, invariant, scenario or fix: what, why, source, what it would do
  holdfast report [--open]    the last run again
  holdfast undo               put back what a killed drill of a live cluster has left behind
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

  --snapshot FILE       judge a saved snapshot (reports/<run>/snapshot.json) instead of looking
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
  --yes                 live: confirm; holdfast drill refuses to touch a real cluster without it
${commonFlags}
Examples
  holdfast drill restart-colima
  holdfast drill 'flannel-*' --seed 7
  holdfast drill api-port-drifts --target container --keep
  holdfast drill node-comes-back-tainted --disable remove-control-plane-taint    (see it fail)
`,
  heal: `holdfast heal: plan what would repair what does not hold, least harm first

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
${commonFlags}
Examples
  holdfast nightly
  holdfast nightly --drills 2 --json
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
  undo: `holdfast undo: put back what a killed drill of a live cluster has left behind

  A drill of a live cluster writes down the way back before it injects ($XDG_STATE_HOME/holdfast, or HOLDFAST_STATE).
  The next drill, heal --apply or nightly --apply of that cluster undoes it first; this does it by hand. Exit 3 says
  that something could not be undone, with the command for it.
${commonFlags}
Examples
  holdfast undo
  holdfast undo --cluster joelclaw
`,
  report: `holdfast report: the last run again

  --open                open report.html in a browser
${commonFlags}
Examples
  holdfast report
  holdfast report --full
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
