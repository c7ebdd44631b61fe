// Faults on data: a store that is killed while somebody writes to it, and a ledger of what it had
// acknowledged.
import { callOf } from '#src/commands/call.ts'
import { nodeShell, onlyProcessOf, nodeAccess } from '#helpers/docker/node-shell.ts'
import { keysOf, redisSays, type Ledger } from './ledger.ts'
import { fault, type FaultContext, type Impact } from '#src/model/index.ts'

/** ms for one command in the node. */
const patience = 20_000
const call = (context: FaultContext) => callOf(context, patience)

/**
 * Writes before the kill and attempts after it: enough that some are on their way when the process
 * dies.
 */
const before = 100
const after = 100
/**
 * Between two writes, ms, and how long one may take: a writer that waits for ever would see no
 * outage.
 */
const pause = 20
const writePatience = 1_000

type Killing = { readonly port: number; readonly program: string; readonly ledger: string }

/**
 * Writes one key after the other into a Redis, kills its process in the middle (SIGKILL), and notes
 * each write that was acknowledged.
 */
export const killWhileWriting = fault<
  Killing,
  Killing & { run: string; container: string; pid: number }
>({
  name: 'data.kill-while-writing',
  describe: ({ program, port }) =>
    `write to 127.0.0.1:${port} and kill ${program} (SIGKILL) in the middle`,
  blast: 'workload',
  needs: ['docker', 'inside-nodes', 'host-ports'],
  prepare: async (params, context) => ({
    ...params,
    run: `holdfast:${context.runtime.clock.now()}`,
    ...(await onlyProcessOf(call(context), context.policy, params.program)),
  }),
  async inject({ port, ledger, run, container, pid }, context) {
    const acknowledged: number[] = []
    let killed: Promise<void> | undefined
    for (let number = 1; number <= before + after; number += 1) {
      const answer = await context.runtime.net.tcp(
        { host: '127.0.0.1', port, send: `SET ${run}:${number} ${number}\r\n` },
        { deadline: writePatience, signal: context.signal },
      )
      if (answer.kind === 'answered' && answer.body.startsWith('+OK')) acknowledged.push(number)
      // Not waited for: the writer does not know of it.
      if (number === before)
        killed = nodeShell(call(context), nodeAccess(context), container).signal(pid, 'KILL')
      await context.runtime.clock.sleep(pause, context.signal)
    }
    await killed
    await context.runtime.files.write(
      ledger,
      JSON.stringify({ run, port, acknowledged } satisfies Ledger),
    )
  },
  async undo({ port, ledger, run }, context) {
    const all = Array.from({ length: before + after }, (_, index) => index + 1)
    await redisSays(
      context.runtime,
      port,
      `DEL ${keysOf({ run, port, acknowledged: all }).join(' ')}`,
      context.signal,
    )
    await context.runtime.files.remove(ledger)
  },
  manualUndo: ({ port, run }) =>
    `docker run --rm --network host redis:7-alpine sh -c "redis-cli -p ${port} --scan --pattern '${run}:*' | xargs redis-cli -p ${port} del"`,
  impacts: ({ program }): readonly Impact[] => [{ kind: 'program', program }],
  deadMan: () =>
    'a process that was killed is started again by its kubelet; keys of the drill stay until they are deleted, and harm nobody',
})
