// What ssh never does here: end its master, or run a forbidden command on the far side.
import { commandsIn } from '#src/commands/shell-words.ts'
import type { CommandContext, Judge, Program } from '#src/model/platform/forbidden.ts'

/** Flags of ssh that take a value. @source ssh(1) */
const sshValued = 'BbcDEeFIiJLlmOoPpQRSWw'

/** ssh: ending its master, and what runs on the far side. */
function judgeSsh(
  words: readonly string[],
  context: CommandContext,
  judge: Judge,
): string | undefined {
  let index = 0
  let destination = false
  for (; index < words.length; index += 1) {
    const word = words[index]!
    if (word === '--') {
      index += 1
      if (destination) break
      destination = true
    } else if (word.startsWith('-') && word.length > 1) {
      const letter = word
        .slice(1)
        .split('')
        .findIndex(char => sshValued.includes(char))
      if (letter < 0) continue
      const value = word.slice(letter + 2) || words[(index += 1)] || ''
      if (word[letter + 1] === 'O' && /^(exit|stop)$/.test(value)) return 'kill-ssh-mux'
    } else if (destination) break
    else destination = true
  }
  const remote = words.slice(index)
  return commandsIn(remote.length > 0 ? remote.join(' ') : (context.stdin ?? ''))
    .map(command => judge(command, context))
    .find(found => found !== undefined)
}

/** A word as the shell on the far side reads it: the words after `--` come quoted, each alone. */
const unquoted = (word: string): string =>
  word.replace(/^'([\s\S]*)'$/, (_, inner: string) => inner.replaceAll(String.raw`'\''`, "'"))

export const programs: Readonly<Record<string, Program>> = {
  ssh: {
    forbids: judgeSsh,
    reads(words, reads) {
      const at = words.indexOf('--')
      return at >= 0 && reads(words.slice(at + 1).map(unquoted))
    },
  },
}
