// Which commands are forbidden, judged by their words: also behind sudo, in a shell's -c, in xargs
// and on the far side of ssh.
import type { CommandContext, ForbiddenName, Judge } from './acts.ts'
import { judgeColima, judgeLima } from '#helpers/colima/forbidden.ts'
import { judgeDocker } from '#helpers/docker/forbidden.ts'
import { judgeKubectl } from '#helpers/kubernetes/forbidden.ts'
import { judgeTalosctl } from '#helpers/talos/forbidden.ts'
import { commandsIn } from '#src/commands/shell-words.ts'

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

/** Flags of ssh that take a value. @source ssh(1) */
const sshValued = 'BbcDEeFIiJLlmOoPpQRSWw'

function judgeSsh(words: readonly string[], context: CommandContext): ForbiddenName | undefined {
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
  return anyOf(commandsIn(remote.length > 0 ? remote.join(' ') : (context.stdin ?? '')), context)
}

/**
 * One process by its one id is the only way to kill: no groups, no lists, no names, nothing that
 * stands for something else.
 */
function judgeKill(words: readonly string[]): ForbiddenName | undefined {
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

/** Folders and files without which the VM is not there any more. */
const ofTheVm =
  /(^|\/)(\.colima|\.lima|_lima|_disks)\/?(\*)?$|(^|\/)\.colima\/[^/]+\/?$|(^|\/)(_lima|_disks)\/[^/]+\/?(\*|diffdisk|basedisk|datadisk|disk)?$/

function judgeRemoval(words: readonly string[]): ForbiddenName | undefined {
  const paths = words.filter(word => !word.startsWith('-'))
  if (
    paths.some(
      path => baseName(path) === 'ssh.sock' || /(^|\/)_lima\/(?!_networks)[^/]+\/.*\*/.test(path),
    )
  )
    return 'kill-ssh-mux'
  return paths.some(
    path =>
      ofTheVm.test(path) && !/\.(sock|yaml|config)$/.test(path) && !path.endsWith('/ssh_config'),
  )
    ? 'delete-vm'
    : undefined
}

const find: Judge = (words, context) => {
  if (words.includes('-delete')) return judgeRemoval(words)
  const at = words.findIndex(word => /^-(exec|execdir|ok)$/.test(word))
  return at < 0 ? undefined : judgeCommand(words.slice(at + 1), context)
}

/** Words that name the act, wherever flags stand between them. */
const description = (words: readonly string[], ...act: readonly string[]): boolean => {
  const plain = words.filter(word => !word.startsWith('-'))
  return act.every(word => plain.includes(word))
}

const programs: Readonly<Record<string, Judge>> = {
  ssh: judgeSsh,
  kill: judgeKill,
  pkill: () => 'kill-by-pattern',
  killall: () => 'kill-by-pattern',
  killall5: () => 'kill-by-pattern',
  skill: () => 'kill-by-pattern',
  fuser: words =>
    words.some(word => /^-[a-z]*k/.test(word) || word === '--kill') ? 'kill-by-pattern' : undefined,
  rm: judgeRemoval,
  rmdir: judgeRemoval,
  unlink: judgeRemoval,
  mv: judgeRemoval,
  shred: judgeRemoval,
  find,
  eval: (words, context) => anyOf(commandsIn(words.join(' ')), context),
  kubectl: (words, context) => judgeKubectl(words, context, judgeCommand),
  oc: (words, context) => judgeKubectl(words, context, judgeCommand),
  k3s: (words, context) =>
    words[0] === 'kubectl' ? judgeKubectl(words.slice(1), context, judgeCommand) : undefined,
  docker: (words, context) => judgeDocker(words, context, judgeCommand),
  podman: (words, context) => judgeDocker(words, context, judgeCommand),
  talosctl: judgeTalosctl,
  colima: (words, context) => judgeColima(words, context, judgeCommand),
  limactl: (words, context) => judgeLima(words, context, judgeCommand),
  lima: (words, context) => judgeCommand(words, context),
  kubeadm: words => (description(words, 'reset') ? 'destroy-cluster' : undefined),
  k3d: words => (description(words, 'delete') ? 'destroy-cluster' : undefined),
  kind: words => (description(words, 'delete') ? 'destroy-cluster' : undefined),
  minikube: words => (description(words, 'delete') ? 'destroy-cluster' : undefined),
  'k3s-uninstall.sh': () => 'destroy-cluster',
  'k3s-agent-uninstall.sh': () => 'destroy-cluster',
  'k3s-killall.sh': () => 'kill-by-pattern',
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
  return Object.hasOwn(programs, program) ? programs[program]?.(words, context) : undefined
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
