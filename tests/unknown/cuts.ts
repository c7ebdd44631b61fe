// Cuts off one source of observation in the runtime: a wrapper answers in place of one program,
// port, file or connection.
import { errors, type Dispatcher } from 'undici'
import type { Exit, NetAnswer, Runtime } from '#src/model/index.ts'
import type { ApiResponse } from '#lab/kube/api-server.ts'

/** How a program fails: it is missing, does not return, exits 1, or prints rubbish. */
export const commandCuts = ['missing', 'hangs', 'fails', 'rubbish'] as const
export type CommandCut = (typeof commandCuts)[number]

/** The output of a broken program. */
const rubbish = '#!@ 7f 45 4c 46\n'

/** The same runtime, but one program (or `all`) fails. */
export function cut(runtime: Runtime, program: string, how: CommandCut): Runtime {
  const { clock } = runtime
  const concerns = (argv: readonly string[]): boolean =>
    program === 'all' || argv[0]?.split('/').at(-1) === program
  async function instead(
    argv: readonly string[],
    deadline: number,
    signal: AbortSignal | undefined,
  ): Promise<Exit> {
    switch (how) {
      case 'missing':
        return { kind: 'missing', program: argv[0] ?? '', tookMs: 0 }
      case 'hangs':
        await clock.sleep(deadline, signal)
        return { kind: 'timed-out', stdout: '', stderr: '', tookMs: deadline }
      case 'fails':
        return { kind: 'exited', code: 1, stdout: '', stderr: 'it broke\n', tookMs: 5 }
      case 'rubbish':
        return { kind: 'exited', code: 0, stdout: rubbish, stderr: '', tookMs: 5 }
    }
  }
  return {
    ...runtime,
    shell: {
      run: (argv, options) =>
        concerns(argv)
          ? instead(argv, options.deadline, options.signal)
          : runtime.shell.run(argv, options),
    },
  }
}

/**
 * The same runtime, but every connection to one host port ends as given. `rejects`: the network
 * itself fails.
 */
export function cutPort(
  runtime: Runtime,
  port: number | 'all',
  how:
    | Omit<Extract<NetAnswer, { kind: 'answered' }>, 'tookMs'>
    | 'refused'
    | 'reset'
    | 'silent'
    | 'rejects'
    | 'hangs',
): Runtime {
  async function instead(deadline: number, signal: AbortSignal | undefined): Promise<NetAnswer> {
    if (how === 'rejects') throw new Error('EMFILE: too many open files')
    // The connection ignores its own deadline, so only the deadline of its question ends it.
    if (how === 'hangs') return new Promise(() => {})
    if (typeof how === 'object') return { ...how, tookMs: 2 }
    if (how === 'silent') await runtime.clock.sleep(deadline, signal)
    return { kind: how, why: `${how}, as cut`, tookMs: how === 'silent' ? deadline : 1 }
  }
  return {
    ...runtime,
    net: {
      http: (url, options) =>
        port === 'all' || Number(new URL(url).port) === port
          ? instead(options.deadline, options.signal)
          : runtime.net.http(url, options),
      tcp: (to, options) =>
        port === 'all' || to.port === port
          ? instead(options.deadline, options.signal)
          : runtime.net.tcp(to, options),
    },
  }
}

/** The same runtime, but files and folders whose path contains the text cannot be read. */
export function cutFiles(runtime: Runtime, text: string): Runtime {
  const guard = (path: string, call: string): void => {
    if (path.includes(text))
      throw Object.assign(new Error(`EACCES: permission denied, ${call} '${path}'`), {
        code: 'EACCES',
      })
  }
  return {
    ...runtime,
    files: {
      ...runtime.files,
      read: async path => {
        guard(path, 'open')
        return runtime.files.read(path)
      },
      list: async path => {
        guard(path, 'scandir')
        return runtime.files.list(path)
      },
    },
  }
}

/** Passes on the first bytes of an answer, then closes the connection. */
const half = (
  handler: Dispatcher.DispatchHandler,
  soon: () => Promise<void>,
): Dispatcher.DispatchHandler => ({
  onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
  onResponseStart: (controller, status, headers, message) =>
    handler.onResponseStart?.(controller, status, headers, message),
  onResponseData(controller, chunk) {
    handler.onResponseData?.(controller, chunk.subarray(0, 40))
    void soon().then(() =>
      handler.onResponseError?.(controller, new errors.SocketError('other side closed')),
    )
  },
  onResponseEnd: () => {},
  onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
})

/** The same runtime, but the API's answers for these paths break off in the middle. */
export const breakingOff = (runtime: Runtime, concerns: (path: string) => boolean): Runtime => ({
  ...runtime,
  dispatcher: tls =>
    runtime
      .dispatcher(tls)
      .compose(
        dispatch => (options, handler) =>
          dispatch(
            options,
            concerns(options.path.split('?')[0] ?? '')
              ? half(handler, () => runtime.clock.sleep(1))
              : handler,
          ),
      ),
})

const json = (status: number, body: unknown): ApiResponse => ({
  kind: 'whole',
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})
const failure = (status: number, reason: string, message: string): ApiResponse =>
  json(status, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code: status,
  })

/** Answers of an unusable API server, and `hang`. */
export const apiCuts = {
  'answers 500': failure(500, 'InternalError', 'etcdserver: leader changed'),
  'answers 403 Forbidden': failure(403, 'Forbidden', 'forbidden: User "joel" cannot list it'),
  'answers what is not JSON': {
    kind: 'whole',
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: '<html>captive portal</html>',
  },
  'answers JSON of another shape': json(200, { hello: 'world' }),
  'answers a list of strangers': json(200, {
    kind: 'List',
    apiVersion: 'v1',
    metadata: {},
    items: [{}, null, 7],
  }),
  hangs: 'hang',
} satisfies Record<string, ApiResponse | 'hang'>
