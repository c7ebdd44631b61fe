// The acts that holdfast never performs: a guard around the runtime that refuses such acts before
// anything is sent.
import type { Dispatcher } from 'undici'
import type { Runtime } from '#src/model/runtime.ts'
import { ForbiddenAct } from '#src/commands/forbidden-act.ts'
import { platforms } from '#helpers/listed.ts'
import { forbiddenAct, listedName, type ForbiddenName } from './acts.ts'
import { judgeCommand } from './commands.ts'

export { forbiddenActs, type ForbiddenName } from './acts.ts'

function judgeRequest(method: string, path: string): ForbiddenName | undefined {
  return listedName(
    platforms
      .map(platform => platform.judgeRequest?.(method, path))
      .find(found => found !== undefined),
  )
}

function guardedDispatcher(dispatcher: Dispatcher, except: readonly ForbiddenName[]): Dispatcher {
  return dispatcher.compose(dispatch => (options, handler) => {
    const refused = judgeRequest(options.method, options.path)
    if (refused !== undefined && !except.includes(refused))
      throw new ForbiddenAct(forbiddenAct(refused), `${options.method} ${options.path}`)
    return dispatch(options, handler)
  })
}

export interface GuardOptions {
  /**
   * Containers that no command may be executed in. Default: all, except on a target whose nodes are
   * containers of its
   * own making, which have a shell.
   */
  readonly nodeContainers?: readonly string[]
  /** Acts that are let through, because they are what is being rehearsed. */
  readonly except?: readonly ForbiddenName[]
}

/**
 * The same runtime, but every command, API request and removal of a file is checked first, remote
 * commands inside ssh included. A forbidden one rejects with a {@link ForbiddenAct}.
 */
export function guarded(runtime: Runtime, options: GuardOptions = {}): Runtime {
  const noExec = options.nodeContainers ?? (runtime.target.kind === 'container' ? [] : 'all')
  const except = options.except ?? []
  // The same pool is the same guarded pool.
  const dispatchers = new WeakMap<Dispatcher, Dispatcher>()
  return {
    target: runtime.target,
    lacks: runtime.lacks,
    clock: runtime.clock,
    random: runtime.random,
    net: runtime.net,
    home: runtime.home,
    shell: {
      async run(argv, runOptions) {
        const refused = judgeCommand(argv, { noExec, except, stdin: runOptions.stdin })
        if (refused !== undefined) throw new ForbiddenAct(forbiddenAct(refused), argv.join(' '))
        return runtime.shell.run(argv, runOptions)
      },
    },
    files: {
      read: path => runtime.files.read(path),
      list: path => runtime.files.list(path),
      write: (path, text, mode) => runtime.files.write(path, text, mode),
      async remove(path) {
        const refused = judgeCommand(['rm', path], { noExec, except })
        if (refused !== undefined) throw new ForbiddenAct(forbiddenAct(refused), `remove ${path}`)
        return runtime.files.remove(path)
      },
    },
    dispatcher(tls) {
      const open = runtime.dispatcher(tls)
      const known = dispatchers.get(open) ?? guardedDispatcher(open, except)
      dispatchers.set(open, known)
      return known
    },
  }
}
