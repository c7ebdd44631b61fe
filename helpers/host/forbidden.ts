// What holdfast never does to processes: kill several at once, or kill by a pattern.
import type { ForbiddenActKind, Program } from '#src/model/platform/forbidden.ts'

export const acts = [
  {
    name: 'kill-by-pattern',
    description: 'kill processes by pattern, by group or several at once',
    why: 'a pattern also matches other processes; check a process, then kill it by its id',
  },
] as const satisfies readonly ForbiddenActKind[]

/** The only allowed kill names one process by its id: no groups, lists, names or variables. */
function judgeKill(words: readonly string[]): string | undefined {
  const targets: string[] = []
  let signalled = false
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!
    if (word === '-l' || word === '-L') return undefined
    if (word === '--') {
      targets.push(...words.slice(index + 1))
      break
    }
    if (!signalled && /^-(s|n|-signal)$/.test(word)) {
      signalled = true
      index += 1
    } else if (!signalled && word.startsWith('-')) signalled = true
    else targets.push(word)
  }
  const [only = ''] = targets
  return targets.length === 1 && /^\d+$/.test(only) && Number(only) > 1
    ? undefined
    : 'kill-by-pattern'
}

const byPattern: Program = { forbids: () => 'kill-by-pattern' }
const onlyReads: Program = { reads: () => true }

/** Programs that every machine has. */
export const programs: Readonly<Record<string, Program>> = {
  kill: { forbids: judgeKill },
  pkill: byPattern,
  killall: byPattern,
  killall5: byPattern,
  skill: byPattern,
  fuser: {
    forbids: words =>
      words.some(word => /^-[a-z]*k/.test(word) || word === '--kill')
        ? 'kill-by-pattern'
        : undefined,
  },
  true: onlyReads,
  test: onlyReads,
  cat: onlyReads,
  df: onlyReads,
  ps: onlyReads,
  pgrep: onlyReads,
  uname: onlyReads,
  lsmod: onlyReads,
}
