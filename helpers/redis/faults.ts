// Kills a data store during writes and keeps a ledger of the writes that it acknowledged.
import { callOf } from '#src/commands/call.ts'
import { nodeShell, onlyProcessOf, nodeAccess } from '#helpers/docker/node-shell.ts'
import { keysOf, sendToRedis, type Ledger } from './ledger.ts'
import { fault, type FaultContext, type Impact } from '#src/model/index.ts'

/** Deadline of one command in the node, ms. */
const patience = 20_000
const call = (context: FaultContext) => callOf(context, patience)

/** Writes before the kill and attempts after it: some must be in flight when the process dies. */
const before = 100
const after = 100
/**
 * Pause between writes and deadline of one write, ms: a writer without a deadline sees no outage.
 */
const pause = 20
const writePatience = 1_000

type Killing = { readonly port: number; readonly program: string; readonly ledger: string }

/**
 * Writes keys into a Redis one by one, sends its process SIGKILL in the middle, and records every
 * acknowledged write.
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
      // Not awaited: a real writer does not notice the kill either.
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
    await sendToRedis(
      context.runtime,
      port,
      `DEL ${keysOf({ run, port, acknowledged: all }).join(' ')}`,
      context.signal,
    )
    await context.runtime.files.remove(ledger)
  },
  manualUndo: ({ port, run }) =>
    'docker run --rm --network host redis:7-alpine sh -c ' +
    `"redis-cli -p ${port} --scan --pattern '${run}:*' | xargs redis-cli -p ${port} del"`,
  impacts: ({ program }): readonly Impact[] => [{ kind: 'program', program }],
  deadMan: () =>
    'the kubelet restarts the killed process; ' +
    'the keys of the drill are harmless and stay until deleted',
})
