// The eight interruptions: what happens to a run, when, and what is measured of its end.
import { setTimeout as pause } from 'node:timers/promises'
import { cutShort, outOfOrder, type Heard } from './between.ts'
import { lookEvery, until, type Ended, type Running } from './processes.ts'
import { serve, type Stage } from './stage.ts'
import type { Tool } from './tools.ts'

export interface Measured {
  tool: Tool['name']
  interruption: number
  /** What the node's spec had more or less than before, once the tool had ended. */
  left: readonly string[]
  /** Of the run itself. */
  code: number
  /**
   * From the interruption until the node's spec was as before; undefined: it never was while the
   * bench looked. s.
   */
  undoneAfter: number | undefined
  /** From the interruption until the process had ended, s. */
  endedAfter: number
  /** Where something was left: what each next start made of it, in words. */
  next: readonly string[]
  /** Objects in the cluster that were not there before, whoever made them for themselves. */
  objects: readonly string[]
  /** The end of what it said. */
  said: string
}

/**
 * How long a run may take until its fault is active, and to its end, ms: holdfast waits up to four
 * minutes for a recovery before it gives up, and the machine may be busy.
 */
const untilActive = 180_000
const untilOver = 480_000
/**
 * How long the fault is active before it is interrupted, ms: shorter than holdfast needs to heal
 * it.
 */
const activeFor = 1_000
/** How long after its end a tool's work may still arrive, ms. */
const settles = 3_000
/** How long the lists of pods are cut short, ms: as long as the other tool's pause. */
const blindFor = 20_000

const writesNode = ({ method, path }: Pick<Heard, 'method' | 'path'>): boolean =>
  method === 'PATCH' && /^\/api\/v1\/nodes\/[^/?]+(\?|$)/.test(path)
const deletesPod = ({ method, path }: Pick<Heard, 'method' | 'path'>): boolean =>
  method === 'DELETE' && /\/pods\/[^/?]+(\?|$)/.test(path)
const listsPods = ({ method, path }: Pick<Heard, 'method' | 'path'>): boolean =>
  method === 'GET' && /\/pods(\?|$)/.test(path) && !path.includes('watch=')
const done = ({ status }: Heard): boolean => status < 300

export interface Interruption {
  readonly number: number
  readonly description: string
  /** Nobody repairs it while the tool looks on. */
  readonly unhealed?: boolean
  /** Before the tool starts. */
  prepare?(stage: Stage): void
  /** Resolves with the time at which it was interrupted, ms since the epoch. */
  interrupt(stage: Stage, running: Running): Promise<number>
}

const heard = (
  stage: Stage,
  what: string,
  test: (one: Heard) => boolean,
  running: Running,
): Promise<Heard> =>
  until(what, untilActive, () => {
    const found = stage.between.heard.find(test)
    if (found === undefined && running.child.exitCode !== null)
      throw new Error(`it ended before: ${what}\n${running.said()}`)
    return found
  })

/** Both halves of the fault are done, for a while. */
async function active(stage: Stage, running: Running): Promise<void> {
  await heard(stage, 'the pods are deleted', one => deletesPod(one) && done(one), running)
  await pause(activeFor)
  if (!(await stage.specOfNode()).includes('cordoned'))
    throw new Error(
      `the fault is not active any more, before it was interrupted\n${running.said()}`,
    )
}

const signal = (number: number, description: string, name: NodeJS.Signals): Interruption => ({
  number,
  description,
  async interrupt(stage, running) {
    await active(stage, running)
    running.child.kill(name)
    return Date.now()
  },
})

export const interruptions: readonly Interruption[] = [
  signal(1, 'Ctrl-C (SIGINT) while the fault is active', 'SIGINT'),
  signal(2, 'SIGTERM', 'SIGTERM'),
  signal(3, 'SIGHUP: the terminal or the SSH session is gone', 'SIGHUP'),
  signal(4, 'kill -9, then the next start', 'SIGKILL'),
  {
    number: 5,
    description: `a probe raises midway: lists of pods are cut short for ${blindFor / 1000} s`,
    prepare(stage) {
      let since: number | undefined
      stage.between.meddle((method, path) => {
        since ??= stage.between.heard.find(one => deletesPod(one) && done(one))?.at
        return since !== undefined && Date.now() - since < blindFor && listsPods({ method, path })
          ? cutShort
          : undefined
      })
    },
    async interrupt(stage, running) {
      const fault = await heard(
        stage,
        'the pods are deleted',
        one => deletesPod(one) && done(one),
        running,
      )
      return (
        await heard(
          stage,
          'a list is cut short',
          one => one.at >= fault.at && listsPods(one),
          running,
        )
      ).at
    },
  },
  {
    number: 6,
    description: 'the steady state does not hold afterwards: nobody repairs the fault',
    unhealed: true,
    interrupt: async (stage, running) =>
      (await heard(stage, 'the pods are deleted', one => deletesPod(one) && done(one), running)).at,
  },
  {
    number: 7,
    description: 'Ctrl-C, and the first request of the undo is answered with 500',
    async interrupt(stage, running) {
      await active(stage, running)
      let refused = false
      stage.between.meddle((method, path) => {
        if (refused || !writesNode({ method, path })) return undefined
        refused = true
        return outOfOrder
      })
      running.child.kill('SIGINT')
      return Date.now()
    },
  },
  {
    number: 8,
    description:
      'the second half of the fault fails: ' +
      'the node is cordoned, every deletion of a pod is answered with 500',
    prepare: stage =>
      stage.between.meddle((method, path) =>
        deletesPod({ method, path }) ? outOfOrder : undefined,
      ),
    interrupt: async (stage, running) =>
      (await heard(stage, 'a deletion is refused', deletesPod, running)).at,
  },
]

/** What one list has more and less than another. */
const changes = (before: readonly string[], now: readonly string[]): readonly string[] => [
  ...now.filter(one => !before.includes(one)),
  ...before.filter(one => !now.includes(one)).map(one => `without ${one}`),
]

/**
 * Looks at the node from a moment on. What it has found last counts: a fault that comes back is not
 * undone.
 */
function watched(
  stage: Stage,
  before: readonly string[],
  from: number,
): { undoneAfter(): number | undefined; stop(): Promise<void> } {
  const over = new AbortController()
  let found: number | undefined
  const evaluate = async (): Promise<void> => {
    const same = changes(before, await stage.specOfNode()).length === 0
    found = same ? (found ?? (Date.now() - from) / 1000) : undefined
    await pause(lookEvery)
    return over.signal.aborted ? undefined : evaluate()
  }
  const looking = evaluate()
  return {
    undoneAfter: () => found,
    async stop() {
      over.abort()
      await looking
    },
  }
}

const inTime = (what: string, running: Running): Promise<Ended> =>
  Promise.race([
    running.ended,
    pause(untilOver, undefined, { ref: false }).then(() =>
      Promise.reject(new Error(`${what} did not end: ${running.said()}`)),
    ),
  ])

/** Starts the tool again, in two ways, until nothing is left. Describes each start. */
async function nextStarts(
  tool: Tool,
  stage: Stage,
  before: readonly string[],
  left: readonly string[],
): Promise<readonly string[]> {
  const starts = [
    ['something else is started', tool.next],
    ['the same is started again', tool.drill],
  ] as const
  const next: string[] = []
  let after = left
  stage.between.meddle(() => undefined)
  for (const [what, again] of starts) {
    if (after.length === 0) break
    const ended = await inTime(`${tool.name}, ${what}`, again(stage))
    await pause(settles)
    after = changes(before, await stage.specOfNode())
    const rest = after.length === 0 ? 'nothing is left' : `${after.join(', ')}, still`
    next.push(`${what} (exit ${ended.code}): ${rest}`)
  }
  return next
}

/** One run of one tool on a fresh lab, interrupted. */
export async function measure(tool: Tool, interruption: Interruption): Promise<Measured> {
  const stage = await serve()
  try {
    await until('the Deployment is ready', untilActive, async () =>
      (await stage.ready()) > 0 ? true : undefined,
    )
    const [before, objectsBefore] = [await stage.specOfNode(), await stage.objects()]
    interruption.prepare?.(stage)
    const running = tool.drill(stage, { unhealed: interruption.unhealed ?? false })
    const at = await interruption.interrupt(stage, running)
    const watch = watched(stage, before, at)
    try {
      const { code, said } = await inTime(tool.name, running)
      const endedAfter = (Date.now() - at) / 1000
      await pause(settles)
      const left = changes(before, await stage.specOfNode())
      const next = await nextStarts(tool, stage, before, left)
      return {
        tool: tool.name,
        interruption: interruption.number,
        left,
        code,
        endedAfter,
        undoneAfter: watch.undoneAfter(),
        next,
        objects: changes(objectsBefore, await stage.objects()),
        said: said.trim().split('\n').slice(-25).join('\n'),
      }
    } finally {
      await watch.stop()
    }
  } finally {
    await stage.close()
  }
}
