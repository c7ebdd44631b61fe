// One request with its answer: sent within the deadline of the call, and read as the type that was
// asked for.
import type { Call } from '#src/commands/call.ts'
import { connectionError, garbage, silence, statusError } from './errors.ts'
import type { RawAnswer } from './kube-api.ts'
import { request, type Sending } from './request.ts'
import type { Session } from './session.ts'

/** An open session, with the deadline and the signal of its caller. */
export interface Connection {
  readonly call: Call
  readonly session: Session
}

/** One reason for all: creating an error for each request costs more than sending it. */
const inTime = new Error('answered in time')

/** Sends a request. Rejects if the server does not answer; the caller judges the status. */
export async function send({ call, session }: Connection, sending: Sending): Promise<RawAnswer> {
  const { server } = session
  const late = new AbortController()
  const answered = new AbortController()
  const signal = AbortSignal.any([call.signal, late.signal])
  call.runtime.clock.sleep(call.deadline, answered.signal).then(
    () => late.abort(silence(server, call.deadline)),
    () => undefined,
  )
  try {
    const response = await request(session, sending, signal)
    return {
      status: response.statusCode,
      body: await response.body.text(),
      headers: response.headers,
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason
    throw connectionError(server, error)
  } finally {
    answered.abort(inTime)
  }
}

/** Sends a request. Rejects with a KubeError for a status of 400 or more. */
export async function sendOk(connection: Connection, sending: Sending): Promise<RawAnswer> {
  const answer = await send(connection, sending)
  if (answer.status >= 400)
    throw statusError(`${sending.method} ${sending.path}`, sending.path, answer.status, answer.body)
  return answer
}

/** The JSON of an answer. Throws a KubeError if it is not of the expected type. */
export function bodyOf<T>(
  { session }: Connection,
  { method, path }: Sending,
  { status, body }: Pick<RawAnswer, 'status' | 'body'>,
  isExpected: (value: unknown) => value is T,
): T {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    value = undefined
  }
  if (!isExpected(value)) throw garbage(session.server, `${method} ${path}`, path, status, body)
  return value
}

/** Sends a request and reads the JSON of its successful answer. */
export async function ask<T>(
  connection: Connection,
  sending: Sending,
  isExpected: (value: unknown) => value is T,
): Promise<T> {
  return bodyOf(connection, sending, await sendOk(connection, sending), isExpected)
}
