// A running process of the project: its output so far, and a promise for the moment when it prints
// a text.
import { spawn, type ChildProcess } from 'node:child_process'
import { env, execPath } from 'node:process'
import { afterAll } from 'vitest'

export interface Running {
  child: ChildProcess
  said(): string
  /** Resolves when the process has printed a text. Rejects if it ends before that. */
  saying(text: string): Promise<void>
  ended: Promise<{ code: number | null; said: string }>
}

/** The environment without the settings of the run that starts it: a child has its own. */
export const inherited = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !/^(HOLDFAST|VITEST|NODE_ENV$|TEST$|FORCE_COLOR)/.test(name),
    ),
  )

const children = new Set<ChildProcess>()
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
})

/**
 * Starts Node on a script. It does not outlive the tests, nor its lifetime (ms): one that hangs is
 * killed, so that what it said is told.
 */
export function start(
  script: string,
  args: readonly string[],
  own: Readonly<Record<string, string>>,
  lifetime = Infinity,
): Running {
  const child = spawn(execPath, [script, ...args], {
    env: { ...inherited(), NO_COLOR: '1', CI: '1', ...own },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.add(child)
  const late = lifetime === Infinity ? undefined : setTimeout(() => child.kill('SIGKILL'), lifetime)
  let said = ''
  const hearers = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
      for (const hear of hearers) hear()
    })
  const ended = new Promise<{ code: number | null; said: string }>(resolve =>
    child.once('close', code => {
      children.delete(child)
      clearTimeout(late)
      resolve({ code, said })
    }),
  )
  return {
    child,
    ended,
    said: () => said,
    saying: text =>
      new Promise((resolve, reject) => {
        const hear = (): void => {
          if (!said.includes(text)) return
          hearers.delete(hear)
          resolve()
        }
        hearers.add(hear)
        void ended.then(({ code }) =>
          reject(new Error(`it ended with ${code} before it said “${text}”: ${said}`)),
        )
        hear()
      }),
  }
}
