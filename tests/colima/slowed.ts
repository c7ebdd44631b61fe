// A runtime whose time runs slower than this host's. An emulated machine is slow, and the tests are
// not about speed.
import { env } from 'node:process'
import type { Exit, NetAnswer, Runtime } from '#src/model/index.ts'

/** How many times slower than real hardware the machine is assumed to be. */
export const slowness = Number(env['HOLDFAST_COLIMA_SLOWNESS'] ?? '1')

/**
 * The same runtime, but every deadline, pause and duration is `factor` times as long.
 */
export function slowed(runtime: Runtime, factor = slowness): Runtime {
  if (!(factor >= 1))
    throw new Error(
      `HOLDFAST_COLIMA_SLOWNESS is ${String(env['HOLDFAST_COLIMA_SLOWNESS'])}: a number from 1 on`,
    )
  const began = runtime.clock.now()
  // ssh has its own deadline in its arguments.
  const patient = (word: string): string =>
    word.replace(
      /^ConnectTimeout=(\d+)$/,
      (_, s: string) => `ConnectTimeout=${Math.ceil(Number(s) * factor)}`,
    )
  const less = <T extends Exit | NetAnswer>(ended: T): T => ({
    ...ended,
    tookMs: Math.round(ended.tookMs / factor),
  })
  return {
    ...runtime,
    clock: {
      closest: runtime.clock.closest,
      now: () => began + Math.round((runtime.clock.now() - began) / factor),
      sleep: (ms, signal) => runtime.clock.sleep(ms * factor, signal),
    },
    shell: {
      run: async (argv, options) =>
        less(
          await runtime.shell.run(argv.map(patient), {
            ...options,
            deadline: options.deadline * factor,
          }),
        ),
    },
    net: {
      http: async (url, options) =>
        less(await runtime.net.http(url, { ...options, deadline: options.deadline * factor })),
      tcp: async (to, options) =>
        less(await runtime.net.tcp(to, { ...options, deadline: options.deadline * factor })),
    },
  }
}
