// The host's sh, as far as somebody starts a program in the background with it and asks for its pid.
import { isTaken } from '../forwards.ts'
import { newPid, type Mac, type Program } from '../mac.ts'
import { tool } from '../times.ts'

/** How long kubectl takes to listen, ms: discovery and one upgrade of the connection. @source joelclaw history, Dkron tunnel: up to 40 readiness tries */
const listensAfter = 900

const inBackground = /^nohup "\$@" >\/dev\/null 2>&1 & echo \$!$/

/** `kubectl port-forward svc/NAME LOCAL:REMOTE [-n NAMESPACE]` as a process of the host. */
function forward(mac: Mac, words: readonly string[]): number | undefined {
  const [program, verb, target, ports] = words
  const match = /^(\d+):(\d+)$/.exec(ports ?? '')
  if (program?.split('/').at(-1) !== 'kubectl' || verb !== 'port-forward' || !target?.startsWith('svc/') || match === null) return undefined
  const [local, remote] = [Number(match[1]), Number(match[2])]
  const pid = newPid(mac)
  mac.processes.push({ pid, ppid: 1, user: mac.seed.user, frozen: false, args: words.join(' ') })
  mac.ground.clock.after(listensAfter, () => {
    const process = mac.processes.find(one => one.pid === pid)
    // Killed before it listened; or somebody has the port, and kubectl gives up.
    if (process === undefined) return
    if (isTaken(mac, local)) mac.processes.splice(mac.processes.indexOf(process), 1)
    else Object.assign(process, { listens: [{ port: local }], forward: { mode: 'alive', machine: mac.machines[0], target: remote } })
  })
  return pid
}

export const sh: Program = function* sh(mac, args, io) {
  yield tool
  const [flag, script, , ...words] = args
  if (flag !== '-c' || script === undefined || !inBackground.test(script)) {
    io.err(`sh: the simulated host knows only: sh -c 'nohup "$@" >/dev/null 2>&1 & echo $!' sh PROGRAM…\n`)
    return 127
  }
  // A program that is not there ends at once, out of sight: its pid was printed all the same.
  io.out(`${forward(mac, words) ?? newPid(mac)}\n`)
  return 0
}
