// dockerd as a whole: its start with the restart policies, its stop, and its crash.
import type { Mac } from '#lab/host/mac.ts'
import { docker } from '#lab/host/delays.ts'
import type { Work } from '#lab/host/work.ts'
import { startContainer, comesBack, endContainer, isAlive, terminate } from './containers.ts'

/** Starts dockerd, which starts containers by their restart policies in random order. */
export function* startDocker(mac: Mac): Work {
  if (mac.vm.docker !== 'stopped') return
  yield docker.start
  yield () => mac.vm.process !== 'frozen'
  dockerUp(mac)
}

/** dockerd is up and starts the containers that their restart policies want to run. */
export function dockerUp(mac: Mac): void {
  if (mac.vm.docker !== 'stopped' || mac.vm.process === 'gone') return
  mac.vm.docker = 'running'
  mac.vm.dockerSocketUnit = true
  // A new daemon assigns random ports from the start of the range. @source measured with Docker
  // 20.10
  mac.nextPort = 32_768
  const asleep = mac.containers.filter(container => !isAlive(container))
  for (const container of shuffled(mac, asleep)) {
    if (comesBack(container, true)) startContainer(mac, container)
  }
  mac.workers.changed()
}

/**
 * SIGTERM to dockerd: it first ends its containers. At its next start it finds them dead and
 * records exit code 255.
 */
export function* stopDocker(mac: Mac): Work {
  if (mac.vm.docker !== 'running') return
  const alive = mac.containers.filter(isAlive)
  const waits = alive.map(container => terminate(mac, container, docker.grace))
  yield* inParallel(mac, waits)
  yield docker.stop
  dockerDown(mac, true)
  for (const container of alive) container.exitCode = 255
}

/** Ends dockerd and all containers at once. */
export function dockerDown(mac: Mac, graceful: boolean): void {
  for (const container of mac.containers) {
    if (container.status === 'restarting') container.status = 'exited'
    endContainer(mac, container, { code: 255, graceful, unclean: true })
  }
  if (mac.vm.docker === 'running') mac.vm.docker = 'stopped'
  mac.workers.changed()
}

function* inParallel(mac: Mac, works: readonly Work[]): Work {
  let open = works.length
  for (const work of works) {
    mac.workers.start(work, () => {
      open -= 1
      mac.workers.changed()
    })
  }
  yield () => open === 0
}

function shuffled<T>(mac: Mac, list: readonly T[]): T[] {
  const left = [...list]
  const order: T[] = []
  while (left.length > 0) order.push(...left.splice(mac.random.integer(0, left.length - 1), 1))
  return order
}

/** Connects to Docker in the guest. If Docker is stopped, an active socket unit starts it. */
export function* reachDocker(mac: Mac): Work<boolean> {
  if (mac.vm.docker === 'running') return true
  if (mac.vm.docker === 'masked' || !mac.vm.dockerSocketUnit) return false
  yield* startDocker(mac)
  return mac.vm.process === 'running'
}
