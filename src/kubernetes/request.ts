// One request to a Kubernetes API server over the reach's connections, credentials included.
import type { Dispatcher } from 'undici'
import { undici } from './client-node.ts'
import type { Session } from './session.ts'

export interface Sending {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  query?: Readonly<Record<string, string | undefined>>
  body?: unknown
  contentType?: string
  /** Silence between two pieces of the answer that ends it, ms. Absent: the connection's own. */
  silence?: number
}

/** The signal's reason as a rejection, for work that does not know the signal itself. */
export function orAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    const abort = (): void => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/**
 * Resolves with the answer's head, its body still to be read. Rejects with whatever the connection
 * or the signal says; credentials do not outlast the signal either.
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
    headers: {
      accept: 'application/json',
      'user-agent': 'holdfast',
      ...headers,
      ...(body === undefined ? {} : { 'content-type': contentType }),
    },
    signal,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(silence === undefined ? {} : { bodyTimeout: silence }),
    ...(dispatcher === undefined ? {} : { dispatcher }),
  })
}
