// Faults of exposure: a person exposes a service by kubectl port-forward, and the forward dies
// silently.
import { callOf } from '#src/commands/call.ts'
import { attempt, run } from '#src/commands/command.ts'
import { portForwards } from './processes.ts'
import { fault, type FaultContext, type Impact } from '#src/model/index.ts'

/** ms for one command. */
const patience = 10_000
const call = (context: FaultContext) => callOf(context, patience)

/**
 * Starts a program that outlives this process and prints its pid. The words after it are arguments,
 * never shell text.
 */
const inBackground = ['sh', '-c', 'nohup "$@" >/dev/null 2>&1 & echo $!', 'sh'] as const

type Forward = {
  readonly namespace: string
  readonly service: string
  readonly local: number
  readonly remote: number
}

const wordsOf = ({ namespace, service, local, remote }: Forward): readonly string[] => [
  'kubectl',
  'port-forward',
  `svc/${service}`,
  `${local}:${remote}`,
  '-n',
  namespace,
]

/** The processes of this forward, and of no other. */
const processesOf = async (forward: Forward, context: FaultContext): Promise<readonly number[]> =>
  (await portForwards(call(context)))
    .filter(
      ({ args }) =>
        args.split(/\s+/).includes(`${forward.local}:${forward.remote}`) &&
        args.includes(`svc/${forward.service}`),
    )
    .map(({ pid }) => pid)

/**
 * How often to look for a killed process, and ms between looks. @source measured on Linux: gone
 * within 10 ms
 */
const endLooks = 5
const endEvery = 200

async function end(forward: Forward, context: FaultContext): Promise<void> {
  for (const pid of await processesOf(forward, context)) {
    await attempt(call(context), ['kill', '-CONT', String(pid)])
    await attempt(call(context), ['kill', '-KILL', String(pid)])
  }
  // One of them may have ended by itself; none may survive. A killed process is gone a moment
  // later.
  for (let looks = 1; (await processesOf(forward, context)).length > 0; looks += 1) {
    if (looks >= endLooks)
      throw new Error(
        `“${wordsOf(forward).join(' ')}” still runs after it was killed (pid ` +
          `${(await processesOf(forward, context)).join(', ')})`,
      )
    await context.runtime.clock.sleep(endEvery, context.signal)
  }
}

/**
 * Exposes a Service as a person in a hurry does, and lets the forward die silently: its port
 * accepts connections and sends nothing back.
 */
export const deadPortForward = fault<Forward, Forward>({
  name: 'exposure.dead-port-forward',
  describe: forward =>
    `expose ${forward.namespace}/${forward.service} by “${wordsOf(forward).join(' ')}”, ` +
    'then freeze the forward',
  blast: 'host',
  needs: ['processes'],
  async prepare(forward, context) {
    if ((await processesOf(forward, context)).length > 0)
      throw new Error(
        `port ${forward.local} is forwarded already: ` +
          'that forward belongs to a person, not to a drill',
      )
    return forward
  },
  async inject(forward, context) {
    await run(call(context), [...inBackground, ...wordsOf(forward)])
    // It needs a moment before it listens. Frozen earlier, it would refuse connections instead of
    // staying silent. @source joelclaw history, Dkron tunnel
    await context.runtime.clock.sleep(2_000, context.signal)
    for (const pid of await processesOf(forward, context))
      await run(call(context), ['kill', '-STOP', String(pid)])
  },
  undo: end,
  impacts: (forward): readonly Impact[] => [
    { kind: 'host', description: `port ${forward.local} of this host` },
  ],
  deadMan: () => 'its process id is not known before it starts; it ends with this host',
  manualUndo: forward => `find “${wordsOf(forward).join(' ')}” with ps and kill it by its pid`,
})
