// Commands that change named containers: start, stop, restart, kill, pause, unpause, update.
import { detached, type Container, type Io, type Mac } from '#lab/host/mac.ts'
import type { RestartPolicyName } from '#lab/host/seed.ts'
import { docker } from '#lab/host/delays.ts'
import type { Work } from '#lab/host/work.ts'
import {
  startContainer,
  endContainer,
  find,
  isAlive,
  setPaused,
  terminate,
  type Refusal,
} from './containers.ts'

/**
 * Applies the command to each container in turn. Prints the names of those that worked and the
 * daemon's errors, and returns the names of those that failed.
 */
export function* each(
  mac: Mac,
  io: Io,
  names: readonly string[],
  act: (container: Container) => Work<Refusal>,
): Work<string[]> {
  const failed: string[] = []
  for (const name of names) {
    const container = find(mac, name)
    const refusal = container === undefined ? `No such container: ${name}` : yield* act(container)
    if (mac.vm.process === 'gone') {
      io.err('error during connect: unexpected EOF\n')
      return [...names]
    }
    if (refusal === undefined) io.out(`${name}\n`)
    else {
      failed.push(name)
      io.err(`Error response from daemon: ${refusal}\n`)
    }
  }
  return failed
}

/** Runs in dockerd, so it continues when the client is killed. */
function* daemon(mac: Mac, act: (done: (refusal: Refusal) => void) => Work): Work<Refusal> {
  let result: Refusal
  yield* detached(
    mac,
    act(refusal => (result = refusal)),
  )
  return result
}

export const starting =
  (mac: Mac) =>
  (container: Container): Work<Refusal> =>
    daemon(mac, function* begins(done) {
      if (isAlive(container)) return
      yield docker.containerStart
      done(startContainer(mac, container))
    })

export const stopping =
  (mac: Mac, graceMs: number) =>
  (container: Container): Work<Refusal> =>
    daemon(mac, function* stops() {
      container.manuallyStopped = true
      if (container.status === 'restarting') {
        container.cancelRestart?.()
        container.status = 'exited'
      }
      yield* terminate(mac, container, graceMs)
    })

export const restarting =
  (mac: Mac, graceMs: number) =>
  (container: Container): Work<Refusal> =>
    daemon(mac, function* restarts(done) {
      yield* terminate(mac, container, graceMs)
      yield docker.containerStart
      done(startContainer(mac, container))
    })

export const killing = (mac: Mac, signal: string) =>
  function* kills(container: Container): Work<Refusal> {
    yield docker.other
    if (!isAlive(container))
      return `cannot kill container: ${container.name}: container ${container.id} is not running`
    if (['KILL', '9'].includes(signal)) {
      container.manuallyStopped = true
      endContainer(mac, container, { code: 137, graceful: false })
    } else if (['TERM', '15', 'INT', '2'].includes(signal) && container.stopsWithin !== undefined) {
      container.manuallyStopped = true
      yield* terminate(mac, container, container.stopsWithin + 1)
    } else if (['STOP', 'CONT'].includes(signal)) return undefined
    return undefined
  }

export const pausing = (mac: Mac, paused: boolean) =>
  function* pauses(container: Container): Work<Refusal> {
    yield docker.other
    return setPaused(mac, container, paused)
  }

export interface Update {
  restart?: string
  memory?: number
  memorySwap?: number
  nanoCpus?: number
}

const isPolicy = (name: string): name is RestartPolicyName =>
  ['', 'no', 'always', 'unless-stopped', 'on-failure'].includes(name)

export const updating = (mac: Mac, update: Update) =>
  function* updates(container: Container): Work<Refusal> {
    yield docker.other
    const memory = update.memory ?? container.memory
    const swap = update.memorySwap ?? container.memorySwap
    // @source Docker default, checks of docker update
    if (update.memory !== undefined && update.memorySwap === undefined && swap > 0 && memory > swap)
      return (
        'Memory limit should be smaller than already set memoryswap limit, ' +
        'update the memoryswap at the same time'
      )
    if (swap > 0 && memory > swap)
      return 'Minimum memoryswap limit should be larger than memory limit, see usage'
    const { cpus } = mac.seed.vm
    if (update.nanoCpus !== undefined && update.nanoCpus > cpus * 1e9)
      return `range of CPUs is from 0.01 to ${cpus}.00, as there are only ${cpus} CPUs available`
    if (update.restart !== undefined) {
      const [policy = ''] = update.restart.split(':')
      if (!isPolicy(policy))
        return (
          `invalid restart policy: unknown policy '${policy}'; ` +
          "use one of 'no', 'always', 'on-failure', or 'unless-stopped'"
        )
      container.restartPolicy = policy
    }
    container.memory = memory
    container.memorySwap = swap
    if (update.nanoCpus !== undefined) container.nanoCpus = update.nanoCpus
    return undefined
  }
