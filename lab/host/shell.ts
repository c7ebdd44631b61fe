// Runs commands on the simulated host: finds the program, collects its output, enforces the
// deadline.
import type { Exit, RunOptions, Shell } from '#src/model/runtime.ts'
import { now, type Io, type Mac } from './mac.ts'
import { programOf } from './platforms/index.ts'
import type { Work } from './work.ts'

/** @source Runtime: output is bounded to 4 MiB a stream */
const outputLimit = 4 * 2 ** 20

interface Output extends Io {
  stdout: string
  stderr: string
}

function collect(stdin: string): Output {
  const output: Output = {
    stdin,
    stdout: '',
    stderr: '',
    out: text => (output.stdout = `${output.stdout}${text}`.slice(0, outputLimit)),
    err: text => (output.stderr = `${output.stderr}${text}`.slice(0, outputLimit)),
  }
  return output
}

/**
 * Shell of the simulated host. A program that hangs ends as `timed-out` at its deadline; work in a
 * daemon goes on.
 */
export function createShell(mac: Mac): Shell {
  return {
    async run(argv, options) {
      const [path = '', ...args] = argv
      const program = programOf(path.split('/').at(-1) ?? '')
      if (program === undefined) return { kind: 'missing', program: path, tookMs: 0 }
      const output = collect(options.stdin ?? '')
      return wait(mac, output, options, () => program(mac, args, output))
    },
  }
}

function wait(
  mac: Mac,
  output: Output,
  { deadline, signal }: RunOptions,
  launch: () => Work<number>,
): Promise<Exit> {
  const { clock } = mac.context
  const startedAt = now(mac)
  const result = (): { stdout: string; stderr: string; tookMs: number } => {
    const { stdout, stderr } = output
    return { stdout, stderr, tookMs: now(mac) - startedAt }
  }
  return clock.wait<Exit>((done, fail) => {
    signal?.throwIfAborted()
    let over = false
    let kill = (): void => {}
    const finish = (end: () => void): void => {
      if (over) return
      over = true
      kill()
      cancel()
      end()
    }
    const cancel = clock.after(deadline, () =>
      finish(() => done({ kind: 'timed-out', ...result() })),
    )
    kill = mac.workers.start(launch(), code =>
      finish(() => done({ kind: 'exited', code, ...result() })),
    )
    signal?.addEventListener('abort', () => finish(() => fail(signal.reason)), { once: true })
  })
}
