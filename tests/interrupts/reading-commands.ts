// Commands that only read, by their first words. All others count as changes.
const docker = String.raw`^docker (--host \S+ |-H \S+ )?`
const reads = String.raw`(get|version|config (info|contexts))`
const units = '(is-active|show|list-timers|list-units|status)'
const remote = [
  'cat|test|ls|pgrep|docker info|docker version|df|sysctl -n|uname|true',
  `systemctl ${units}`,
  'readlink|stat',
].join('|')

const reading: readonly RegExp[] = [
  new RegExp(`${docker}(inspect|ps|info|version|port|context|images?) ?`),
  new RegExp(String.raw`${docker}exec \S+ (test|cat|ls|sh -c for d in) `),
  /^colima (--profile \S+ )?(status|list|ls|version)\b/,
  new RegExp(
    String.raw`^(limactl|talosctl|launchctl) ` +
      String.raw`(list|get|print|version|config (info|contexts)|--\S+ .*\b${reads}\b)`,
  ),
  /^talosctl .*\b(get|version|health|config info|config contexts)\b/,
  /^kubectl .*\b(get|version|config (view|current-context|get-contexts))\b/,
  new RegExp(String.raw`^ssh .*\s(--\s)?(sudo )?(-n )?(${remote})\b`),
  /^ssh .* -O check\b/,
  new RegExp(`^(ps|pgrep|uname|sw_vers|plutil|df|id|which|atq|systemctl ${units}) ?`),
]

export const onlyReads = (line: string): boolean => reading.some(pattern => pattern.test(line))
