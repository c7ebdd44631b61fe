// The verbs as data: what each does, the flags that it reads, and examples that work.
import type { FlagName } from './flags.ts'

export interface Command {
  /** What follows the verb, e.g. `[SCENARIO…]`. Absent: it takes no words. */
  readonly words?: string
  /** One line, in the present tense. */
  readonly summary: string
  /** What a person must know before using it; at most eight lines. */
  readonly notes?: readonly string[]
  /** The flags that it reads. Every other flag is a mistake. */
  readonly flags: readonly FlagName[]
  readonly examples: readonly string[]
}

/** Flags that choose where a run happens. */
const where = ['cluster', 'target', 'seed', 'reports', 'keep', 'reuse'] as const
/** Flags about the traces of a run on a real cluster. */
const behind = ['journal', 'no-recover'] as const
const shown = ['json', 'full'] as const
/** Flags of the verbs that report a run. */
const reported = ['format', ...shown] as const

export const commands = {
  check: {
    summary: 'judge every invariant on one snapshot of the cluster',
    flags: [...where, 'only', 'after', 'snapshot', ...behind, ...reported],
    examples: [
      'holdfast check',
      'holdfast check --only probes.liveness',
      'holdfast check --after node-comes-back-tainted',
      'holdfast check --snapshot reports/<run>/snapshot.json',
    ],
  },
  drill: {
    words: '[SCENARIO…]',
    summary: 'inject incidents, measure the recovery, undo everything',
    notes: [
      'Without a name it runs all scenarios. On a live cluster a terminal shows the plan and asks',
      'for the name of the cluster; without a terminal, only --yes starts a drill.',
    ],
    flags: [
      ...where,
      'only',
      'yes',
      'dry-run',
      'on',
      'allow',
      'disable',
      'after',
      ...behind,
      ...reported,
    ],
    examples: [
      'holdfast drill node-comes-back-tainted',
      "holdfast drill 'node-*' --seed 7",
      'holdfast drill node-container-paused --dry-run',
      'holdfast drill node-comes-back-tainted --disable remove-control-plane-taint',
    ],
  },
  heal: {
    summary: 'plan repairs, least harm first; --apply does them',
    notes: [
      'While the API of a live cluster does not answer, only fixes of this host act, and only once',
      'the host is shown to carry this cluster. Before the first write to the API, the identity of',
      'the cluster is compared with the policy; another cluster ends the run with exit code 4.',
    ],
    flags: [...where, 'only', 'apply', 'disable', 'after', ...behind, ...reported],
    examples: [
      'holdfast heal --after api-port-drifts',
      'holdfast heal --after api-port-drifts --apply',
    ],
  },
  nightly: {
    summary: 'check, heal, and a rotation of drills, in one report',
    notes: ['On the lab fixes and drills always act. Live, --apply and --yes let them.'],
    flags: [
      ...where,
      'only',
      'drills',
      'apply',
      'yes',
      'allow',
      'disable',
      'after',
      ...behind,
      ...reported,
    ],
    examples: ['holdfast nightly', 'holdfast nightly --drills 2 --json'],
  },
  gate: {
    words: 'FILES, FOLDERS or -',
    summary: 'judge manifests before a deploy: file, line, clause, remedy',
    notes: [
      'Folders are read whole, less what .holdfastignore lists; - is stdin. An object waives a',
      'finding with the annotation holdfast.dev/waive:',
      '  "<invariant or code>; owner=<who>; until=YYYY-MM-DD; reason=<why>"',
      'Formats: terminal, sarif, junit, json, github, openreports.',
    ],
    flags: [
      ...([
        'cluster',
        'only',
        'fix',
        'dry-run',
        'helm',
        'kustomize',
        'values',
        'namespace',
      ] as const),
      ...(['baseline', 'format', 'output', 'live', 'kubernetes', ...shown] as const),
    ],
    examples: [
      'holdfast gate deploy/kubernetes',
      'holdfast gate k8s/ --format sarif=gate.sarif --format junit=gate.xml',
      'helm template my-release ./chart | holdfast gate -',
    ],
  },
  list: {
    summary: 'list clauses and their proofs, invariants, scenarios and fixes',
    flags: ['cluster', 'only', 'json'],
    examples: [
      'holdfast list',
      'holdfast list --cluster tazlab',
      "holdfast list --only 'recovery.*' --json",
    ],
  },
  explain: {
    words: 'NAME…',
    summary: 'show a clause, invariant, scenario or fix in full',
    flags: ['cluster'],
    examples: ['holdfast explain recovery.node-not-cordoned', 'holdfast explain nodes-are-ready'],
  },
  report: {
    summary: 'show the last run again',
    flags: ['reports', 'open', ...reported],
    examples: ['holdfast report', 'holdfast report --full', 'holdfast report --format junit'],
  },
  undo: {
    words: '[RUN…]',
    summary: 'undo what killed drills left behind',
    notes: [
      'A drill of a live cluster or a kept node notes how to undo each fault before it injects it,',
      'on this machine and in the cluster, so any machine can undo. check, heal, drill and nightly',
      'undo what is left before anything else. undo looks at the live cluster, or with',
      '--target container at kept nodes. Exit code 3: something is still injected; the command for',
      'it is shown.',
    ],
    flags: ['cluster', 'target', 'reuse', 'journal'],
    examples: ['holdfast undo', 'holdfast undo --target live --cluster joelclaw'],
  },
  status: {
    summary: 'show what is injected now, by whom, since when and until when',
    notes: [
      'It changes nothing. It asks the live cluster, or with --target container kept nodes.',
      'Exit code 3: something is injected; 2: the cluster did not answer.',
    ],
    flags: ['cluster', 'target', 'reuse', 'json'],
    examples: ['holdfast status', 'holdfast status --target container --reuse --json'],
  },
  stop: {
    summary: 'ask the running drill or heal to undo its faults and end',
    notes: [
      'It works from any machine with access, and waits until the other run has ended. It asks the',
      'live cluster, or with --target container kept nodes.',
    ],
    flags: ['cluster', 'target', 'reuse'],
    examples: ['holdfast stop', 'holdfast stop --cluster joelclaw'],
  },
  rbac: {
    words: '[SCENARIO…]',
    summary: 'print the accounts and roles that holdfast needs in a cluster',
    notes: ['One account looks, one heals, one drills; each may do what its definitions declare.'],
    flags: ['cluster', 'drills', 'only'],
    examples: ['holdfast rbac', "holdfast rbac 'node-comes-back-*'"],
  },
  schedule: {
    words: 'ACTION',
    summary: 'keep the nightly run under a timer of the system',
    notes: [
      'Actions: install shows what it writes and runs, then does it; again, it changes what',
      'differs. remove takes away what install made. Both refuse what holdfast did not write.',
      'status exits 0 if the timer is active and its last run held, at most a day ago. The lab',
      'only rehearses: --target live is about this host. The night itself always runs live.',
    ],
    flags: [
      ...(['cluster', 'target', 'reports', 'at', 'timer', 'system', 'as'] as const),
      ...(['on-failure', 'image', 'print', 'json'] as const),
      ...(['only', 'drills', 'apply', 'yes', 'allow', 'disable'] as const),
    ],
    examples: [
      'holdfast schedule install --print',
      'holdfast schedule install --target live --at 02:30 --apply',
      'holdfast schedule status --target live --json',
      'holdfast schedule remove --target live',
    ],
  },
  lab: {
    words: 'serve',
    summary: 'serve the lab in real time on the loopback until Ctrl-C',
    notes: [
      'It prints a kubeconfig, a PATH folder with the programs of its host, and the ports of',
      'its world. What one program changes, the others see. At the end its files are removed.',
    ],
    flags: ['cluster', 'seed', 'port', 'speed'],
    examples: ['holdfast lab serve', 'holdfast lab serve --port 8443 --speed 10 --seed 7'],
  },
} as const satisfies Readonly<Record<string, Command>>

export type VerbName = keyof typeof commands
export const verbs = Object.keys(commands) as readonly VerbName[]
export const commandOf = (verb: VerbName): Command => commands[verb]
