// The host's sh. It only starts a program in the background and prints its pid.
import { isTaken } from '#lab/host/platforms/lima/forwards.ts'
import { newPid, type Mac, type Program } from '#lab/host/mac.ts'
import { tool } from '#lab/host/delays.ts'
import type { Work } from '#lab/host/work.ts'

/**
 * How long kubectl takes until it listens, ms: discovery and one upgrade of the connection. @source
 * joelclaw history, Dkron tunnel: up to 40 readiness tries
 */
const listensAfter = 900

const inBackground = /^nohup "\$@" >\/dev\/null 2>&1 & echo \$!$/

/** `kubectl port-forward svc/NAME LOCAL:REMOTE [-n NAMESPACE]` as a process of the host. */
function forward(mac: Mac, words: readonly string[]): number | undefined {
  const [program, verb, target, ports] = words
  const match = /^(\d+):(\d+)$/.exec(ports ?? '')
  if (
    program?.split('/').at(-1) !== 'kubectl' ||
    verb !== 'port-forward' ||
    !target?.startsWith('svc/') ||
    match === null
  )
    return undefined
  const [local, remote] = [Number(match[1]), Number(match[2])]
  const pid = newPid(mac)
  mac.processes.push({ pid, ppid: 1, user: mac.seed.user, frozen: false, args: words.join(' ') })
  mac.context.clock.after(listensAfter, () => {
    const process = mac.processes.find(one => one.pid === pid)
    // kubectl was killed before it listened, or exits because the port is taken.
    if (process === undefined) return
    if (isTaken(mac, local)) mac.processes.splice(mac.processes.indexOf(process), 1)
    else
      Object.assign(process, {
        listens: [{ port: local }],
        forward: { mode: 'alive', machine: mac.machines[0], target: remote },
      })
  })
  return pid
}

/**
 * A script that waits second by second and then runs its command, unless its file has been removed:
 * a dead-man's switch.
 */
const waitsForFile = new RegExp(
  [
    String.raw`^n="\$1"; shift; while \[ "\$n" -gt 0 \]; do sleep 1; n=\$\(\(n-1\)\);`,
    String.raw`\[ -e "\$0" \] \|\| exit 0; done; rm -f "\$0"; exec "\$@"$`,
  ].join(' '),
)

/** One step of the script's wait, ms. */
const turn = 1000

function* waiting(
  mac: Mac,
  file: string,
  seconds: number,
  words: readonly string[],
  program: Program,
): Work {
  for (let left = seconds; left > 0; left -= 1) {
    yield turn
    if (mac.disk.get(file) === undefined) return
  }
  mac.disk.remove(file)
  yield* program(mac, words.slice(1), { stdin: '', out: () => {}, err: () => {} })
}

/** Starts the script and returns its pid. Undefined for all other words. */
function startWaiting(
  mac: Mac,
  words: readonly string[],
  programOf: ProgramOf,
): number | undefined {
  const [shell, flag, script, file, seconds, ...command] = words
  const program = programOf(command[0]?.split('/').at(-1) ?? '')
  if (
    shell !== 'sh' ||
    flag !== '-c' ||
    !waitsForFile.test(script ?? '') ||
    file === undefined ||
    program === undefined
  )
    return undefined
  mac.workers.start(waiting(mac, file, Number(seconds), command, program))
  return newPid(mac)
}

/** The host program of this name. */
type ProgramOf = (name: string) => Program | undefined

export const shWith = (programOf: ProgramOf): Program =>
  function* sh(mac, args, io) {
    yield tool
    const [flag, script, , ...words] = args
    if (flag !== '-c' || script === undefined || !inBackground.test(script)) {
      io.err(
        'sh: the simulated host knows only: ' +
          `sh -c 'nohup "$@" >/dev/null 2>&1 & echo $!' sh PROGRAM…\n`,
      )
      return 127
    }
    // sh prints a pid even for a missing program, whose process ends at once.
    io.out(`${startWaiting(mac, words, programOf) ?? forward(mac, words) ?? newPid(mac)}\n`)
    return 0
  }
