// Transient timers of the guest's systemd: commands that run later. A reboot removes them.
import type { Io, Mac, Program } from '#lab/host/mac.ts'
import { guest } from '#lab/host/delays.ts'
import type { Work } from '#lab/host/work.ts'

interface Timer {
  bootedAt: number
  cancel: () => void
}

const timers = new WeakMap<Mac, Map<string, Timer>>()

/** Pending timers of this boot, by the name of their unit without `.timer`. */
function timersOf(mac: Mac): Map<string, Timer> {
  const known = timers.get(mac) ?? new Map<string, Timer>()
  timers.set(mac, known)
  for (const [name, timer] of known) {
    if (timer.bootedAt === mac.vm.bootedAt) continue
    timer.cancel()
    known.delete(name)
  }
  return known
}

/** Whether a timer of this name is pending. */
export const waits = (mac: Mac, name: string): boolean => timersOf(mac).has(name)

/** Ends a timer before it runs its command. */
export function endTimer(mac: Mac, name: string): void {
  timersOf(mac).get(name)?.cancel()
  timersOf(mac).delete(name)
}

const discardOutput: Io = { stdin: '', out: () => {}, err: () => {} }

function* wait(mac: Mac, name: string, ms: number, act: (io: Io) => Work<number>): Work {
  const { bootedAt } = mac.vm
  yield ms
  // A frozen guest runs an overdue timer as soon as it resumes.
  yield () => mac.vm.process !== 'frozen'
  if (mac.vm.process === 'gone' || mac.vm.bootedAt !== bootedAt) return
  timersOf(mac).delete(name)
  yield* act(discardOutput)
}

/**
 * `systemd-run --unit=NAME --on-active=Ns … COMMAND`; `run` runs the command.
 * @source systemd-run(1)
 */
export const systemdRun = (
  run: (mac: Mac, words: readonly string[], io: Io) => Work<number>,
): Program =>
  function* systemdRunning(mac, args, io) {
    yield guest.systemctl
    const flags = args.slice(
      0,
      args.findIndex(word => !word.startsWith('-')),
    )
    const words = args.slice(flags.length)
    const value = (name: string): string | undefined =>
      flags.find(flag => flag.startsWith(`--${name}=`))?.slice(name.length + 3)
    const name = value('unit')
    const seconds = /^(\d+)s$/.exec(value('on-active') ?? '')?.[1]
    if (name === undefined || seconds === undefined || words.length === 0) {
      io.err(
        'systemd-run: the simulated guest knows only: ' +
          'systemd-run --unit=NAME --on-active=Ns COMMAND…\n',
      )
      return 1
    }
    if (waits(mac, name)) {
      io.err(
        'Failed to start transient timer unit: ' +
          `Unit ${name}.timer was already loaded or has a fragment file.\n`,
      )
      return 1
    }
    const cancel = mac.workers.start(
      wait(mac, name, Number(seconds) * 1000, own => run(mac, words, own)),
    )
    timersOf(mac).set(name, { bootedAt: mac.vm.bootedAt, cancel })
    io.err(`Running timer as unit: ${name}.timer\nWill run service as unit: ${name}.service\n`)
    return 0
  }
