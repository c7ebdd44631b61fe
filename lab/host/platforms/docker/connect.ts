// The connection from a docker client to dockerd, through the host's forwarded socket or the
// guest's own.
import { dockerSock, type Io, type Mac } from '#lab/host/mac.ts'
import { docker } from '#lab/host/delays.ts'
import type { Work } from '#lab/host/work.ts'
import { reachDocker } from './daemon.ts'
import { apiVersion } from './versions.ts'

/**
 * The socket that a client connects to: a path on the host, or Docker's own socket in the guest.
 */
export interface Dial {
  from: 'host' | 'guest'
  path: string
}

export const guestDial: Dial = { from: 'guest', path: '/var/run/docker.sock' }

const cannotConnect = (path: string): string =>
  `Cannot connect to the Docker daemon at unix://${path}. Is the docker daemon running?`

/**
 * Connects. Returns undefined when Docker answers, otherwise the client's error. Hangs while the VM
 * is frozen and the forward still runs.
 */
export function* dial(mac: Mac, to: Dial, endpoint: string): Work<string | undefined> {
  const { vm } = mac
  if (to.from === 'guest') {
    if (yield* reachDocker(mac)) return undefined
    yield docker.failure
    return cannotConnect(to.path)
  }
  const forwarded = (): boolean =>
    vm.dockerForward &&
    (to.path === dockerSock(mac) || to.path === `${mac.seed.home}/.colima/docker.sock`) &&
    mac.disk.get(to.path)?.kind === 'socket'
  yield docker.failure
  for (;;) {
    if (!forwarded()) return cannotConnect(to.path)
    if (vm.process === 'running' && vm.usernet === 'running') break
    yield () => !forwarded() || (vm.process === 'running' && vm.usernet === 'running')
  }
  if (yield* reachDocker(mac)) return undefined
  const url = `http://${encodeURIComponent(to.path)}/v${apiVersion}${endpoint}`
  const reset = `read unix @->${to.path}: read: connection reset by peer`
  return `error during connect: Get "${url}": ${reset}`
}

/** Connects as {@link dial} does. If Docker does not answer, prints the error and returns false. */
export function* dialOr(mac: Mac, to: Dial, endpoint: string, io: Io): Work<boolean> {
  const error = yield* dial(mac, to, endpoint)
  if (error === undefined) return true
  io.err(`${error}\n`)
  return false
}
