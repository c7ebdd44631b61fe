// The one table of flags: name, value, help, and the environment variable with the same meaning.
// Parsing, help and suggestions come from it.

export interface Flag {
  /** The placeholder of its value in help, e.g. `FILE`. Absent: the flag is on or off. */
  readonly value?: string
  /** It may be given several times. */
  readonly multiple?: boolean
  readonly short?: string
  /** One line. */
  readonly help: string
  /** The setting of the run that it sets: `HOLDFAST_<variable>`. */
  readonly variable?: string
}

export const flags = {
  cluster: {
    value: 'NAME|FILE',
    help: 'name in clusters/, or a policy file (default joelclaw, container sandbox)',
    variable: 'CLUSTER',
  },
  target: {
    value: 'WHERE',
    help: 'lab (default, simulated), container (a real node of its own), or live',
    variable: 'TARGET',
  },
  only: {
    value: 'WORD',
    help: "a clause, a definition's name, or a glob over either, e.g. 'probes.*'",
    variable: 'ONLY',
  },
  seed: {
    value: 'N',
    help: "the lab's chance; the same seed gives the same history (default 1)",
    variable: 'SEED',
  },
  reports: { value: 'FOLDER', help: 'where reports go (default reports)', variable: 'REPORTS' },
  after: {
    value: 'SCENARIO,…',
    help: 'lab only: inject the faults of these scenarios first',
    variable: 'AFTER',
  },
  on: {
    value: 'SUBJECT',
    help: 'the node or workload that drills hit (default: each chooses)',
    variable: 'ON',
  },
  disable: { value: 'FIX,…', help: 'fixes that may not act', variable: 'DISABLE' },
  allow: {
    value: 'GUARD',
    multiple: true,
    help: 'let a guard through; a refusal names it',
    variable: 'ALLOW',
  },
  keep: { help: 'container only: leave the node running at the end', variable: 'KEEP' },
  reuse: { help: 'container only: use the node that was kept', variable: 'REUSE' },
  journal: {
    value: 'PLACE',
    help: 'cluster (default), or local: note undo records on this machine only',
    variable: 'JOURNAL',
  },
  'no-recover': {
    help: 'leave what an earlier drill left behind as it is',
    variable: 'NO_RECOVER',
  },
  snapshot: {
    value: 'FILE',
    help: 'judge a saved snapshot.json, by the policy saved with it',
    variable: 'SNAPSHOT',
  },
  apply: { help: 'let fixes act; without it, heal only plans' },
  yes: { help: 'live only: start without asking for the name of the cluster' },
  'dry-run': { help: 'show what would happen, and change nothing' },
  drills: { value: 'N|NAMES', help: 'how many drills, or which ones; all for every one' },
  open: { help: 'open report.html in a browser' },
  port: { value: 'N', help: 'port of the API server (default: a free one)' },
  speed: { value: 'N', help: 'how fast time passes, 0.1 to 100 (default 1)' },
  fix: { help: 'change files in place where the right value is certain' },
  helm: { help: 'render charts among the folders with your helm' },
  kustomize: { help: 'render kustomizations with your kustomize or kubectl' },
  values: { value: 'FILE', multiple: true, help: 'with --helm: a values file' },
  namespace: {
    value: 'NAME',
    short: 'n',
    help: 'namespace of objects that name none (default default)',
  },
  baseline: { value: 'FILE', help: 'fail only on what this earlier JSON report does not have' },
  format: {
    value: 'F[=FILE]',
    multiple: true,
    help: 'a format of the report, and a file for it; one goes to stdout',
  },
  output: { value: 'FILE', short: 'o', help: 'the file for the format that has none' },
  live: { help: 'also ask the cluster what would change; nothing is written' },
  kubernetes: {
    value: 'VERSION',
    help: "the cluster's version, e.g. 1.35 (default: the policy's)",
  },
  at: { value: 'HH:MM', help: "when, in the platform's time (default 03:17)" },
  timer: { value: 'PLATFORM', help: 'what keeps the timer (default: what this host has)' },
  system: { help: "a timer of the host, which needs root, instead of one of one's own" },
  as: { value: 'USER', help: 'with --system: the user that the night runs as' },
  'on-failure': { value: 'UNIT', help: 'what the platform starts after a night that failed' },
  image: { value: 'NAME', help: 'in a cluster: the image (default holdfast:<version>)' },
  print: { help: 'print the files, and change nothing' },
  json: { help: 'print the report as JSON' },
  full: { help: 'print every verdict and note' },
  help: { short: 'h', help: 'show this help' },
} as const satisfies Readonly<Record<string, Flag>>

export type FlagName = keyof typeof flags

/** A flag as the table has it, with its optional members. */
export const flagOf = (name: FlagName): Flag => flags[name]
