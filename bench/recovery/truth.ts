// The poll as its parent sees it.
import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { z } from 'zod'

const message = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('gone') }),
  z.object({
    kind: z.literal('truth'),
    looks: z.number(),
    gone: z.number().optional(),
    back: z.object({ bad: z.number(), good: z.number() }).optional(),
    single: z.number(),
    pace: z.number(),
  }),
])
export type Truth = Extract<z.infer<typeof message>, { kind: 'truth' }>

export interface Poll {
  /** Resolves as soon as the service is gone. */
  readonly gone: Promise<void>
  /** Ends the poll. */
  truth(): Promise<Truth>
  kill(): void
}

/** Begins to ask. */
export function poll(url: string, content: string): Poll {
  const child: ChildProcess = fork(join(import.meta.dirname, 'poll.ts'), [url, content])
  const gone = Promise.withResolvers<void>()
  const truth = Promise.withResolvers<Truth>()
  child.on('message', data => {
    const reported = message.parse(data)
    if (reported.kind === 'gone') gone.resolve()
    else truth.resolve(reported)
  })
  child.once('exit', code =>
    truth.reject(new Error(`the poll ended with ${code} before it reported anything`)),
  )
  truth.promise.catch(() => {})
  return {
    gone: gone.promise,
    truth() {
      child.send('stop')
      return truth.promise
    },
    kill: () => void child.kill('SIGKILL'),
  }
}
