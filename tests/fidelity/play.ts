// Runs the list of commands with a real kubectl against one cluster, one after the other, and
// records the output of each.
import { spawn } from 'node:child_process'
import { env } from 'node:process'
import { wordsOf, type Numbered } from './commands/index.ts'

/** The result of a command. */
export interface Said {
  id: string
  line: string
  /** Words after `kubectl`, with the names of pods filled in. */
  argv: readonly string[]
  code: number
  stdout: string
  stderr: string
}

/** ms: the longest command of the list waits for two minutes. */
const patience = 150_000

interface Ended {
  code: number
  stdout: string
  stderr: string
}

function kubectl(
  binary: string,
  argv: readonly string[],
  environment: Readonly<Record<string, string>>,
  stdin = '',
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, [...argv], {
      env: { PATH: env['PATH'], ...environment },
      stdio: 'pipe',
      timeout: patience,
      killSignal: 'SIGKILL',
    })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', chunk => void (stdout += String(chunk)))
    child.stderr.on('data', chunk => void (stderr += String(chunk)))
    // A command that reads no stdin may have ended before the test writes to it.
    child.stdin.on('error', () => undefined)
    child.stdin.end(stdin)
    child.once('error', reject)
    child.once('close', code => resolve({ code: code ?? -1, stdout, stderr }))
  })
}

/** A cluster and the kubectl for it. */
export interface Stage {
  kubectl: string
  kubeconfig: string
  /**
   * A separate home, so that kubectl neither reads nor writes the caches and settings of the person
   * who runs this.
   */
  home: string
}

/** The first pod of an app that is not terminating. */
async function podOf(
  stage: Stage,
  app: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const namespace = words[words.indexOf('-n') + 1] ?? 'default'
  const { stdout } = await kubectl(
    stage.kubectl,
    [
      'get',
      'pods',
      '-n',
      namespace,
      '-l',
      `app=${app}`,
      '-o',
      'jsonpath={range .items[*]}{.metadata.name} {.metadata.deletionTimestamp}{"\\n"}{end}',
    ],
    environment,
  )
  const names = stdout
    .split('\n')
    .filter(line => /^\S+ $/.test(line))
    .map(line => line.trim())
  return names[0] ?? `no-pod-of-${app}`
}

/** Runs one command. */
export async function say(stage: Stage, { id, line, stdin }: Numbered): Promise<Said> {
  const environment = { KUBECONFIG: stage.kubeconfig, HOME: stage.home, TZ: 'UTC' }
  const words = wordsOf(line)
  const argv = await Promise.all(
    words.map(async word => {
      const app = /^<pod (.+)>$/.exec(word)?.[1]
      return app === undefined ? word : podOf(stage, app, words, environment)
    }),
  )
  return { id, line, argv, ...(await kubectl(stage.kubectl, argv, environment, stdin)) }
}

/** Runs all commands in order. Calls `tell` before each. */
export async function play(
  stage: Stage,
  commands: readonly Numbered[],
  tell: (command: Numbered) => void = () => {},
): Promise<readonly Said[]> {
  const said: Said[] = []
  for (const command of commands) {
    tell(command)
    said.push(await say(stage, command))
  }
  return said
}
