// Small programs that read and move the guest's files: test, cat, awk, rm, mv.
import type { Mac, Program } from '#lab/host/mac.ts'
import { guestFile, guestPathExists, inContainer } from './files.ts'

function passes(mac: Mac, flag: string, path: string): boolean {
  if (flag === '-S') return path.endsWith('docker.sock') && guestPathExists(mac, path)
  return flag === '-f' ? guestFile(mac, path) !== undefined : guestPathExists(mac, path)
}

export const test: Program = function* test(mac, args) {
  yield 0
  const words = args.at(-1) === ']' ? args.slice(0, -1) : [...args]
  const not = words[0] === '!'
  const [flag, path = ''] = not ? words.slice(1) : words
  if (flag === undefined || !['-e', '-f', '-r', '-d', '-S', '-s'].includes(flag)) return 2
  return passes(mac, flag, path) === !not ? 0 : 1
}

export const cat: Program = function* cat(mac, args, io) {
  yield 0
  let code = 0
  for (const path of args) {
    const text = guestFile(mac, path)
    if (text === undefined) {
      io.err(`cat: ${path}: No such file or directory\n`)
      code = 1
    } else io.out(text)
  }
  return code
}

/** Supports two awk programs: `{print $n}` and `{print int($n)}`, each for one file. */
export const awk: Program = function* awk(mac, [program = '', path = ''], io) {
  yield 0
  const match = /^\s*\{\s*print\s+(int\()?\s*\$(\d+)\s*\)?\s*\}\s*$/.exec(program)
  const text = guestFile(mac, path)
  if (match === null || text === undefined) {
    io.err(
      match === null
        ? 'awk: line 1: syntax error\n'
        : `awk: cannot open "${path}" (No such file or directory)\n`,
    )
    return 2
  }
  for (const line of text.trimEnd().split('\n')) {
    const column = Number(match[2])
    const field = column === 0 ? line : (line.split(/\s+/)[column - 1] ?? '')
    io.out(`${match[1] === undefined ? field : Math.trunc(Number(field) || 0)}\n`)
  }
  return 0
}

export const rm: Program = function* rm(mac, args, io) {
  yield 0
  const force = args.some(word => /^-\w*f/.test(word))
  let code = 0
  for (const path of args.filter(word => !word.startsWith('-'))) {
    const inside = inContainer(mac, path)
    if (inside?.machine.files.delete(inside.path) === true || force) continue
    io.err(`rm: cannot remove '${path}': No such file or directory\n`)
    code = 1
  }
  mac.workers.changed()
  return code
}

/** Only within one node: the lab does not simulate moves between machines. */
export const mv: Program = function* mv(mac, args, io) {
  yield 0
  const [from = '', to = ''] = args.filter(word => !word.startsWith('-'))
  const [source, target] = [inContainer(mac, from), inContainer(mac, to)]
  const text = source?.machine.files.get(source.path)
  if (
    source === undefined ||
    text === undefined ||
    target === undefined ||
    target.machine !== source.machine
  ) {
    io.err(`mv: cannot stat '${from}': No such file or directory\n`)
    return 1
  }
  source.machine.files.delete(source.path)
  target.machine.files.set(target.path, text)
  mac.workers.changed()
  return 0
}
