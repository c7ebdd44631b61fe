// Faults of the host's processes and of its launchd jobs.
import type { Machine } from '#lab/kernel/world.ts'
import { newPid, type Mac } from '#lab/host/mac.ts'
import { formatPlist, parsePlist, type PlistValue } from '#lab/host/platforms/launchd/plist.ts'
import { isTaken } from '#lab/host/platforms/lima/forwards.ts'
import { sendSignal } from '#lab/host/platforms/macos/signals.ts'
import type { ProcessSeed } from '#lab/host/seed.ts'
import { namesIn } from './known-names.ts'

export type ForwardMode = 'alive' | 'hanging' | 'refusing'

/** A port-forward to start. `target`: it returns the answers of this NodePort. */
interface NewForward {
  service: string
  namespace: string
  port: number
  target?: number
  node?: string
  mode?: ForwardMode
}

export interface ProcessControls {
  /**
   * Starts `kubectl port-forward` and returns its pid. In the mode `alive` it returns the answers
   * of the node's NodePort `target`.
   */
  portForward(forward: NewForward): number
  /** Breaks a port-forward whose process keeps running: clients hang or are refused. */
  breakForward(pid: number, mode: ForwardMode): void
  addProcess(process: Omit<ProcessSeed, 'pid'> & { pid?: number }): number
  endProcess(pid: number): void
  /**
   * Sets the PATH of a launchd job, in launchd and in its plist file; undefined removes it. Returns
   * the previous PATH.
   */
  plistPath(label: string, path: string | undefined): string | undefined
  removeJob(label: string): void
  /** Lets the last run of a job have ended with this exit code. */
  jobExited(label: string, code: number): void
}

export const processControls = (mac: Mac): ProcessControls => ({
  portForward: forward => startForward(mac, forward),
  breakForward: (pid, mode) => {
    const process = mac.processes.find(one => one.pid === pid)
    if (process?.forward === undefined) throw new Error(`Process ${pid} is not a port-forward.`)
    process.forward.mode = mode
  },
  addProcess: process => {
    const pid = process.pid ?? newPid(mac)
    mac.processes.push({ ...process, pid, frozen: false })
    return pid
  },
  endProcess: pid => void sendSignal(mac, pid, 'KILL'),
  plistPath: (label, path) => setPath(mac, label, path),
  jobExited: (label, code) => {
    const job = mac.launchd.find(each => each.label === label)
    if (job === undefined) throw new Error(`launchd has no job ${label}`)
    delete job.pid
    job.state = 'waiting'
    job.lastExitCode = code
  },
  removeJob: label => {
    const at = mac.launchd.findIndex(job => job.label === label)
    if (at >= 0) mac.disk.remove(mac.launchd.splice(at, 1)[0]!.plist)
  },
})

function startForward(mac: Mac, forward: NewForward): number {
  const { service, namespace, port } = forward
  if (isTaken(mac, port))
    throw new Error(
      `Unable to listen on port ${port}: ` +
        `another process of the simulated host has 127.0.0.1:${port}.`,
    )
  const machine: Machine | undefined = mac.machines.find(
    one => forward.node === undefined || one.node === forward.node,
  )
  const pid = newPid(mac)
  mac.processes.push({
    pid,
    ppid: 1,
    user: mac.seed.user,
    frozen: false,
    args: `kubectl port-forward svc/${service} ${port}:${port} -n ${namespace}`,
    listens: [{ port }],
    forward: { mode: forward.mode ?? 'alive', machine, target: forward.target ?? port },
  })
  return pid
}

function setPath(mac: Mac, label: string, path: string | undefined): string | undefined {
  const job = mac.launchd.find(one => one.label === label)
  if (job === undefined)
    throw new Error(
      `The simulated launchd has no job ${label}. It has ${namesIn(mac.launchd, 'label')}.`,
    )
  const before = job.path
  if (path === undefined) delete job.path
  else job.path = path
  const text = mac.disk.text(job.plist)
  const plist = text === undefined ? undefined : parsePlist(text)
  if (isDict(plist)) mac.disk.write(job.plist, formatPlist(withPath(plist, path)))
  return before
}

type PlistDict = { readonly [key: string]: PlistValue }

const isDict = (value: PlistValue | undefined): value is PlistDict =>
  typeof value === 'object' && !Array.isArray(value)

/**
 * The job's plist with this PATH. Without a PATH it also omits an environment that would be empty.
 */
function withPath(plist: PlistDict, path: string | undefined): PlistDict {
  const { EnvironmentVariables: old, ...rest } = plist
  const { PATH: _before, ...others } = isDict(old) ? old : {}
  const variables = path === undefined ? others : { ...others, PATH: path }
  return Object.keys(variables).length === 0 ? rest : { ...rest, EnvironmentVariables: variables }
}
