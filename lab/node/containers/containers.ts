// Containers as containerd runs them: a process starts, obeys or ignores signals, and ends with a
// code.
import type { Process } from '#lab/kernel/world.ts'
import type { AppState } from '#lab/node/apps/apps.ts'
import type { KubeletState, ContainerRun, PodRun, Running } from '#lab/node/kubelet/state.ts'
import { draw, later, nowOf } from '#lab/node/kubelet/state.ts'
import { delays } from '#lab/node/delays.ts'
import { readScript } from './shell.ts'

/** SIGKILL's exit code. @source POSIX shells and containerd: 128 + signal */
const killedCode = 137

/** How many lines of its log a container keeps. */
const maxLogLines = 200

export function say(container: ContainerRun, line: string): void {
  if (line === '') return
  container.log.push(line)
  if (container.log.length > maxLogLines) container.log.shift()
}

const stillRuns = (container: ContainerRun, id: string): boolean =>
  container.state.kind === 'running' && container.state.id === id

/** Starts the container's process in the present sandbox. */
export function startProcess(kubelet: KubeletState, run: PodRun, container: ContainerRun): void {
  const { entry } = container
  kubelet.nextPid += kubelet.random.integer(7, 60)
  const process: Process = { pid: kubelet.nextPid, comm: entry.comm, frozen: false }
  const app: AppState = {
    ready: false,
    hung: false,
    dataPathStuck: false,
    answers503: false,
    startedAt: nowOf(kubelet),
  }
  const id = kubelet.random.hex(64)
  if (container.state.kind === 'exited') container.last = container.state.exit
  const state: Running = { kind: 'running', id, startedAt: nowOf(kubelet), process, app, onEnd: [] }
  container.state = state
  container.waiting = undefined
  container.attempts += 1
  container.sandboxId = run.sandbox?.id ?? ''
  container.seen = false
  container.started = false
  container.ready = false
  container.failedProbe = undefined
  kubelet.machine.processes.set(process.pid, process)
  later(kubelet, draw(kubelet, entry.warmUp), () => {
    if (!stillRuns(container, id)) return
    app.ready = true
    if (overLimit(container)) exit(kubelet, run, container, killedCode, 'OOMKilled')
  })
  const ends = endsByItself(kubelet, container)
  if (ends !== undefined) {
    say(container, ends.output)
    later(kubelet, ends.afterMs, () => endWhenThawed(kubelet, run, container, id, ends.code))
  }
  kubelet.hooks.running(run, container)
}

/** Ends a container, but only once its process is not frozen. */
function endWhenThawed(
  kubelet: KubeletState,
  run: PodRun,
  container: ContainerRun,
  id: string,
  code: number,
): void {
  if (container.state.kind !== 'running' || container.state.id !== id) return
  if (container.state.process.frozen)
    later(kubelet, delays.syncTick, () => endWhenThawed(kubelet, run, container, id, code))
  else exit(kubelet, run, container, code)
}

function endsByItself(
  kubelet: KubeletState,
  container: ContainerRun,
): { afterMs: number; code: number; output: string } | undefined {
  const { entry } = container
  const isInit = container.kind === 'init' && container.spec.restartPolicy !== 'Always'
  if (entry.shell === true) {
    const script = readScript(container.spec)
    return script.runsMs === undefined
      ? undefined
      : {
          afterMs: script.runsMs + draw(kubelet, delays.initRuns),
          code: script.code,
          output: script.output,
        }
  }
  if (entry.exits !== undefined)
    return {
      afterMs: entry.exits.afterMs,
      code: entry.exits.code,
      output: entry.exits.output ?? '',
    }
  return isInit ? { afterMs: draw(kubelet, delays.initRuns), code: 0, output: '' } : undefined
}

/** Units of Kubernetes quantities in MiB. @source Kubernetes documentation, Resource units */
const mebi: Readonly<Record<string, number>> = {
  Ki: 1 / 1024,
  Mi: 1,
  Gi: 1024,
  Ti: 1024 * 1024,
  K: 1e3 / 1048576,
  k: 1e3 / 1048576,
  M: 1e6 / 1048576,
  G: 1e9 / 1048576,
}

/** The MiB of a quantity like `512Mi`; undefined for invalid text. */
export function inMiB(quantity: string | undefined): number | undefined {
  const parts = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(quantity ?? '')
  if (parts === null) return undefined
  const unit = parts[2] ?? ''
  return Number(parts[1]) * (unit === '' ? 1 / 1048576 : (mebi[unit] ?? 1))
}

function overLimit(container: ContainerRun): boolean {
  const limit = inMiB(container.spec.resources?.limits?.['memory'])
  return (
    limit !== undefined &&
    container.entry.memoryMiB !== undefined &&
    container.entry.memoryMiB > limit
  )
}

/** Ends the container's process. The kubelet notices at its next relist. */
export function exit(
  kubelet: KubeletState,
  run: PodRun,
  container: ContainerRun,
  code: number,
  reason = code === 0 ? 'Completed' : 'Error',
): void {
  const { state } = container
  if (state.kind !== 'running') return
  kubelet.machine.processes.delete(state.process.pid)
  container.state = {
    kind: 'exited',
    exit: { id: state.id, code, reason, startedAt: state.startedAt, finishedAt: nowOf(kubelet) },
  }
  container.ready = false
  container.started = false
  container.seen = false
  kubelet.hooks.exited(run, container)
  for (const tell of state.onEnd) tell()
}

/**
 * Sends SIGTERM, and SIGKILL after the grace period. Calls `done` once the container has ended, at
 * once if it had ended before.
 */
export function stop(
  kubelet: KubeletState,
  run: PodRun,
  container: ContainerRun,
  graceMs: number,
  done: () => void,
): void {
  const { state } = container
  if (state.kind !== 'running') {
    done()
    return
  }
  const { id } = state
  state.onEnd.push(done)
  handleSigterm(kubelet, run, container, id)
  killAfterGrace(kubelet, run, container, id, graceMs)
}

/** Sends SIGKILL after the grace period if the container still runs. */
function killAfterGrace(
  kubelet: KubeletState,
  run: PodRun,
  container: ContainerRun,
  id: string,
  graceMs: number,
): void {
  later(kubelet, graceMs + draw(kubelet, delays.containerKilled), () => {
    if (stillRuns(container, id)) exit(kubelet, run, container, killedCode)
  })
}

/** Shortens the grace period of a container that is being stopped. */
export function shortenGrace(
  kubelet: KubeletState,
  run: PodRun,
  container: ContainerRun,
  graceMs: number,
): void {
  if (container.state.kind === 'running')
    killAfterGrace(kubelet, run, container, container.state.id, graceMs)
}

/** Ends an application after SIGTERM, unless it ignores the signal. */
function handleSigterm(
  kubelet: KubeletState,
  run: PodRun,
  container: ContainerRun,
  id: string,
): void {
  const stops = container.entry.stops ?? { ms: [0, 60], code: 0 }
  if (stops === 'killed' || container.state.kind !== 'running') return
  const { process, app } = container.state
  const end = (): void => {
    if (!stillRuns(container, id)) return
    // A frozen or hung process does not run its handler until it thaws.
    if (process.frozen || app.hung) later(kubelet, delays.syncTick, end)
    else exit(kubelet, run, container, stops.code)
  }
  later(kubelet, draw(kubelet, delays.containerStops) + draw(kubelet, stops.ms), end)
}

/** Sends a signal from outside Kubernetes to a process of the machine. */
export function signalProcess(
  kubelet: KubeletState,
  run: PodRun,
  container: ContainerRun,
  signal: 'KILL' | 'STOP' | 'CONT',
): void {
  if (container.state.kind !== 'running') return
  if (signal === 'KILL') exit(kubelet, run, container, killedCode)
  else container.state.process.frozen = signal === 'STOP'
}
