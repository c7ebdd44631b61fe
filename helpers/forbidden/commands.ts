// Which commands are forbidden, judged by their words: also behind sudo, in a shell's -c, in xargs
// and on the far side of ssh.
import { commandsIn } from '#src/commands/shell-words.ts'
import { platforms } from '#helpers/listed.ts'
import { listedName, type CommandContext, type ForbiddenName, type Judge } from './acts.ts'
import { programOf } from './programs.ts'

const baseName = (path: string): string => path.split('/').at(-1) ?? path

/**
 * Programs that run the command that follows them, with those of their flags that take a value and
 * how many words come before it.
 */
const carriers: Readonly<Record<string, { valued: readonly string[]; before: number }>> = {
  sudo: {
    valued: [
      '-u',
      '-g',
      '-h',
      '-p',
      '-C',
      '-r',
      '-t',
      '-T',
      '-U',
      '-D',
      '-R',
      '--user',
      '--group',
      '--host',
      '--prompt',
    ],
    before: 0,
  },
  doas: { valued: ['-u', '-C'], before: 0 },
  env: { valued: ['-u', '--unset', '-C', '--chdir'], before: 0 },
  nice: { valued: ['-n', '--adjustment'], before: 0 },
  ionice: { valued: ['-c', '-n'], before: 0 },
  timeout: { valued: ['-s', '--signal', '-k', '--kill-after'], before: 1 },
  xargs: {
    valued: [
      '-n',
      '-I',
      '-P',
      '-L',
      '-d',
      '-E',
      '-s',
      '-a',
      '--max-args',
      '--max-procs',
      '--delimiter',
    ],
    before: 0,
  },
  stdbuf: { valued: ['-i', '-o', '-e'], before: 0 },
  nsenter: { valued: ['-t', '--target', '-S', '-G'], before: 0 },
  chroot: { valued: [], before: 1 },
  nohup: { valued: [], before: 0 },
  setsid: { valued: [], before: 0 },
  exec: { valued: ['-a'], before: 0 },
  command: { valued: [], before: 0 },
  time: { valued: ['-f', '-o'], before: 0 },
  caffeinate: { valued: ['-t', '-w'], before: 0 },
  busybox: { valued: [], before: 0 },
}

/** Words of a line of shell that only come before a command. */
const reserved = new Set(['if', 'then', 'else', 'elif', 'do', 'while', 'until', '!'])

/** Words after leading flags (with their values), assignments and `before` further words. */
function carried(
  words: readonly string[],
  { valued, before }: { valued: readonly string[]; before: number },
): readonly string[] {
  let left = before
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!
    if (word === '--') return words.slice(index + 1 + left)
    if (word.startsWith('-')) {
      if (valued.includes(word)) index += 1
    } else if (/^\w+=/.test(word)) continue
    else if (left > 0) left -= 1
    else return words.slice(index)
  }
  return []
}

const anyOf = (
  commands: readonly (readonly string[])[],
  context: CommandContext,
): ForbiddenName | undefined =>
  commands.map(words => judgeCommand(words, context)).find(found => found !== undefined)

const shells = new Set(['sh', 'bash', 'dash', 'zsh', 'ash', 'ksh', 'fish'])

function judgeShell(words: readonly string[], context: CommandContext): ForbiddenName | undefined {
  const at = words.findIndex(word => /^-[a-z]*c[a-z]*$/i.test(word))
  if (at >= 0)
    return anyOf(commandsIn(words.slice(at + 1).find(word => !word.startsWith('-')) ?? ''), context)
  return context.stdin === undefined ? undefined : anyOf(commandsIn(context.stdin), context)
}

/** Removing files: each platform knows those that it cannot do without. */
function judgeRemoval(words: readonly string[]): ForbiddenName | undefined {
  const paths = words.filter(word => !word.startsWith('-'))
  return listedName(
    platforms.map(platform => platform.judgeRemoval?.(paths)).find(found => found !== undefined),
  )
}

const find: Judge = (words, context) => {
  if (words.includes('-delete')) return judgeRemoval(words)
  const at = words.findIndex(word => /^-(exec|execdir|ok)$/.test(word))
  return at < 0 ? undefined : judgeCommand(words.slice(at + 1), context)
}

/** Programs that run or remove what their words name. */
const general: Readonly<Record<string, Judge>> = {
  rm: judgeRemoval,
  rmdir: judgeRemoval,
  unlink: judgeRemoval,
  mv: judgeRemoval,
  shred: judgeRemoval,
  find,
  eval: (words, context) => anyOf(commandsIn(words.join(' ')), context),
}

function judged(
  program: string,
  words: readonly string[],
  context: CommandContext,
): ForbiddenName | undefined {
  if (shells.has(program)) return judgeShell(words, context)
  const carrier = Object.hasOwn(carriers, program) ? carriers[program] : undefined
  if (carrier !== undefined) {
    const inner = carried(words, carrier)
    // What xargs adds is not known: it stands for anything, several at once.
    return judgeCommand(program === 'xargs' ? [...inner, '$(…)', '$(…)'] : inner, context)
  }
  if (Object.hasOwn(general, program)) return general[program]?.(words, context)
  return listedName(programOf(program)?.forbids?.(words, context, judgeCommand))
}

/**
 * The forbidden act that a command would be, or undefined. Its words are judged as a program would
 * get them.
 */
export function judgeCommand(
  words: readonly string[],
  context: CommandContext,
): ForbiddenName | undefined {
  const [first, ...rest] = words
  if (first === undefined) return undefined
  if (/^\w+=/.test(first) || reserved.has(first)) return judgeCommand(rest, context)
  const found = judged(baseName(first), rest, context)
  return found !== undefined && context.except.includes(found) ? undefined : found
}
