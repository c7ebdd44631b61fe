// The only normalization: in the output of both clusters, replaces what two clusters cannot have in
// common by a placeholder.

export interface Rule {
  pattern: RegExp
  /** The placeholder. */
  by: string
  /** The description in docs/fidelity.md. */
  description: string
}

/**
 * The letters that Kubernetes uses in random parts of names. @source Kubernetes v1.35, apimachinery
 * rand: no vowels, no 0, 1, 3
 */
const letter = '[bcdfghjklmnpqrstvwxz2456789]'

/** In this order. */
export const rules: readonly Rule[] = [
  {
    pattern: /\/tmp\/(LIVE|MERGED)-\d+/g,
    by: '/tmp/$1-N',
    description: 'temporary folders of kubectl diff',
  },
  {
    pattern: /^[EWI]\d{4} .*\n/gm,
    by: '',
    description: 'kubectl’s own log lines (klog, with its process and line numbers) are left out',
  },
  { pattern: /\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, by: 'MAC', description: 'MAC addresses' },
  {
    pattern:
      /(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])/g,
    by: 'UID',
    description: 'uids',
  },
  {
    pattern: /\b(?:containerd:\/\/|sha256:)?[0-9a-f]{64}\b/g,
    by: 'ID',
    description: 'ids of containers, sandboxes and images',
  },
  {
    pattern: /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| ?\+0000(?: UTC)?)/g,
    by: 'TIME',
    description: 'times',
  },
  {
    pattern: /\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000/g,
    by: 'TIME',
    description: 'times as describe writes them',
  },
  { pattern: /(resourceVersion"?: )"\d*"/g, by: '$1"VERSION"', description: 'resourceVersions' },
  {
    pattern: /(observedGeneration"?: |generation"?: )\d+/g,
    by: '$1N',
    description: 'generations: how often a controller itself writes does not matter to a user',
  },
  {
    pattern: /\b(?:\d{1,3}\.){3}\d{1,3}(?::(?:3[2-9]|[45]\d|6[0-5])\d{3}\b)?/g,
    by: 'ADDRESS',
    description: 'IPv4 addresses, with the port if the operating system chose it',
  },
  {
    pattern: new RegExp(`-${letter}{6,10}-${letter}{5}\\b`, 'g'),
    by: '-HASH-RANDOM',
    description: 'names of a Deployment’s pods',
  },
  {
    pattern: new RegExp(`(?<![a-z])${letter}{8,10}(?![a-z0-9])`, 'g'),
    by: 'HASH',
    description: 'hashes of templates and revisions',
  },
  {
    pattern: new RegExp(`(?<=[A-Za-z0-9]-)${letter}{5}(?![a-z0-9])`, 'g'),
    by: 'RANDOM',
    description: 'random ends of names',
  },
  {
    pattern: /(?<=^|[\s(])(?<!\b(?:for|in|cpu:) +)(?:\d+[dhms]){1,2}(?=$|[\s)])/gm,
    by: 'AGE',
    description: 'ages and durations in columns',
  },
  { pattern: / \(x\d+ over AGE\)/g, by: '', description: 'how often an event was repeated' },
  { pattern: /(?<=\s)\d+ms\b|(?<=\s)\d+\.\d+m?s\b/g, by: 'AGE', description: 'durations in texts' },
  { pattern: /\b\d+Ki\b/g, by: 'SIZE', description: 'sizes of the machine' },
  { pattern: /\b6\.\d+\.\d+(?:-\S+)?/g, by: 'KERNEL', description: 'the kernel' },
  { pattern: /(sizeBytes"?: )\d+/g, by: '$1N', description: 'sizes of images' },
  {
    pattern: /^Waiting for .*\n/gm,
    by: '',
    description: 'progress of rollout status: how much appears depends on the timing',
  },
  { pattern: /[ \t]+/g, by: ' ', description: 'the width of columns' },
  { pattern: / $/gm, by: '', description: 'spaces at the end of a line' },
]

/**
 * The start of a list of events. Events of the same second have no order, so their lines are
 * sorted.
 */
const events = /^(?:LAST SEEN|TYPE REASON) |^ Type Reason Age From Message$/

/** The lines to compare: those of an output, normalized. */
export function normal(text: string): readonly string[] {
  const lines = rules
    .reduce((made, { pattern, by }) => made.replaceAll(pattern, by), text)
    .split('\n')
  const head = lines.findIndex(line => events.test(line))
  return head === -1 ? lines : [...lines.slice(0, head + 1), ...lines.slice(head + 1).toSorted()]
}
