// Splits a command line into global flags and the command.

/** Global flags of kubectl that take the next word as their value. @source kubectl options */
const valued = new Set([
  '-n',
  '--namespace',
  '-s',
  '--server',
  '--context',
  '--cluster',
  '--user',
  '--kubeconfig',
  '--token',
  '--as',
  '--as-group',
  '--as-uid',
  '--cache-dir',
  '--certificate-authority',
  '--client-certificate',
  '--client-key',
  '--request-timeout',
  '--tls-server-name',
  '--profile',
  '--profile-output',
  '-v',
  '--v',
  '--username',
  '--password',
  '--log-flush-frequency',
  '--vmodule',
])

/** The arguments without the leading flags and their values. The first one is the command. */
export function withoutFlags(
  words: readonly string[],
  valued: ReadonlySet<string>,
): readonly string[] {
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!
    if (!word.startsWith('-')) return words.slice(index)
    if (valued.has(word)) index += 1
  }
  return []
}

/**
 * The arguments of kubectl without its global flags. The first one is the command, e.g.
 * `port-forward`.
 */
export const kubectlWords = (words: readonly string[]): readonly string[] =>
  withoutFlags(words, valued)
