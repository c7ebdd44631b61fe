// The words of a kubectl command line: where the flags end and the command begins.

/** Global flags of kubectl that take the next word as their value. @source kubectl options */
const valued = new Set([
  '-n', '--namespace', '-s', '--server', '--context', '--cluster', '--user', '--kubeconfig', '--token', '--as', '--as-group', '--as-uid', '--cache-dir',
  '--certificate-authority', '--client-certificate', '--client-key', '--request-timeout', '--tls-server-name', '--profile', '--profile-output', '-v', '--v',
  '--username', '--password', '--log-flush-frequency', '--vmodule',
])

/** The words of a kubectl command line without its flags before the command: first the command, e.g. `port-forward`. */
export function kubectlWords(words: readonly string[]): readonly string[] {
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!
    if (!word.startsWith('-')) return words.slice(index)
    if (valued.has(word)) index += 1
  }
  return []
}
