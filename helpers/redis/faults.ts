// Faults on data: a store that is killed while somebody writes to it, and a ledger of what it had acknowledged.
import { nodeShell, onlyProcessOf, wayIntoNodes } from '#helpers/docker/node-shell.ts'
import { keysOf, redisSays, type Ledger } from './ledger.ts'
import { fault, type Hands, type Hit } from '#src/model/index.ts'

/** ms for one command in the node. */
const patience = 20_000
const tools = ({ reach, signal }: Hands) => ({ reach, signal, deadline: patience })

/** Writes before the kill and attempts after it: enough that some are on their way when the process dies. */
const before = 100
const after = 100
/** Between two writes, ms, and how long one may take: a writer that waits for ever would see no outage. */
const pause = 20
const writePatience = 1_000

type Killing = { readonly port: number; readonly program: string; readonly ledger: string }

/** Writes one key after the other into a Redis, kills its process in the middle (SIGKILL), and notes each write that was acknowledged. */
export const killWhileWriting = fault<
  Killing,
  Killing & { run: string; container: string; pid: number }
>({
  name: 'data.kill-while-writing',
  says: ({ program, port }) =>
    `write to 127.0.0.1:${port} and kill ${program} (SIGKILL) in the middle`,
  blast: 'workload',
  needs: ['docker', 'inside-nodes', 'host-ports'],
  prepare: async (params, hands) => ({
    ...params,
    run: `holdfast:${hands.reach.clock.now()}`,
    ...(await onlyProcessOf(tools(hands), hands.policy, params.program)),
  }),
  async inject({ port, ledger, run, container, pid }, hands) {
    const acknowledged: number[] = []
    let killed: Promise<void> | undefined
    for (let number = 1; number <= before + after; number += 1) {
      const answer = await hands.reach.net.tcp(
        { host: '127.0.0.1', port, send: `SET ${run}:${number} ${number}\r\n` },
        { deadline: writePatience, signal: hands.signal },
      )
      if (answer.kind === 'answered' && answer.body.startsWith('+OK')) acknowledged.push(number)
      // Not waited for: the writer does not know of it.
      if (number === before)
        killed = nodeShell(tools(hands), wayIntoNodes(hands), container).signal(pid, 'KILL')
      await hands.reach.clock.sleep(pause, hands.signal)
    }
    await killed
    await hands.reach.files.write(
      ledger,
      JSON.stringify({ run, port, acknowledged } satisfies Ledger),
    )
  },
  async undo({ port, ledger, run }, hands) {
    const all = Array.from({ length: before + after }, (_, index) => index + 1)
    await redisSays(
      hands.reach,
      port,
      `DEL ${keysOf({ run, port, acknowledged: all }).join(' ')}`,
      hands.signal,
    )
    await hands.reach.files.remove(ledger)
  },
  byHand: ({ port, run }) =>
    `docker run --rm --network host redis:7-alpine sh -c "redis-cli -p ${port} --scan --pattern '${run}:*' | xargs redis-cli -p ${port} del"`,
  hits: ({ program }): readonly Hit[] => [{ kind: 'program', program }],
  deadMan: () =>
    'a process that was killed is started again by its kubelet; keys of the drill stay until they are deleted, and harm nobody',
})
