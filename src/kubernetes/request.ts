// One request to a Kubernetes API server over the runtime's connections, credentials included.
import type { Dispatcher } from 'undici'
import { withoutUndefined } from '#src/model/json.ts'
import { undici } from './client-node.ts'
import type { Session } from './session.ts'

export interface Sending {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  query?: Readonly<Record<string, string | undefined>>
  body?: unknown
  contentType?: string
  /**
   * The longest silence between two pieces of the answer, ms. Absent: the limit of the connection.
   */
  silence?: number
}

/** Rejects with the signal's reason, for work that does not know the signal itself. */
export function orAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    const abort = (): void => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/**
 * Resolves with the head of the answer; the caller reads the body. Rejects with the error of the
 * connection or the reason of the signal, which also ends the wait for credentials.
 */
export async function request(
  { authorise, server }: Pick<Session, 'authorise' | 'server'>,
  { method, path, query = {}, body, contentType = 'application/json', silence }: Sending,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const url = new URL(server + path)
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, value)
  const { headers, dispatcher } = await orAborted(signal, authorise(url.href))
  return undici().request(url, {
    method,
    signal,
    ...withoutUndefined({
      headers: withoutUndefined({
        accept: 'application/json',
        'user-agent': 'holdfast',
        ...headers,
        'content-type': body === undefined ? undefined : contentType,
      }),
      body: body === undefined ? undefined : JSON.stringify(body),
      bodyTimeout: silence,
      dispatcher,
    }),
  })
}
