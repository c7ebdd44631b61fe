// Questions to the mapped host ports: a new connection each time, judged later by its content.
import type { AppAnswer, MappedPort, NetAnswer, Question, Runtime } from '#src/model/index.ts'

/**
 * How long a user's own check waits, ms. @source joelclaw history, heal script: curl --max-time 5
 */
const patience = 5_000

/**
 * How often a port is asked before it counts as silent or refused, and ms between the questions.
 * After an outage during which clients kept asking, single questions get lost for minutes. @source
 * measured on a v1.35 node behind Docker's port mapping: at worst one in four, up to five within
 * 200 ms
 */
const tries = 4
const between = 250
/**
 * How long the later questions wait, ms: a question that is not lost is answered soon, and several
 * long waits would hide an outage.
 */
const soon = 1_000

/** Sends the application check of a service to its host port, over a new connection. */
function askOnce(
  { host, answers }: MappedPort,
  { net }: Runtime,
  deadline: number,
  signal: AbortSignal,
): Promise<NetAnswer> {
  return answers.by === 'http'
    ? net.http(`${answers.tls ? 'https' : 'http'}://127.0.0.1:${host}${answers.path}`, {
        deadline,
        signal,
      })
    : net.tcp(
        {
          host: '127.0.0.1',
          port: host,
          ...(answers.send === undefined ? {} : { send: answers.send }),
        },
        { deadline, signal },
      )
}

const questionTo = (
  port: MappedPort,
  deadline: number,
  ask: Question<NetAnswer>['ask'],
): Question<NetAnswer> => ({
  key: `port.${port.host}`,
  description: `connect to ${port.name} on 127.0.0.1:${port.host}`,
  origin: `127.0.0.1:${port.host}`,
  needs: ['host-ports'],
  deadline: deadline * 1.5,
  ask,
})

/**
 * The answer of a host port to one question, which may get lost: for callers that ask all the time.
 */
export const portAskedOnce = (port: MappedPort, deadline: number): Question<NetAnswer> =>
  questionTo(port, deadline, ({ runtime, signal }) => askOnce(port, runtime, deadline, signal))

/**
 * The first answer of a host port to a few questions. Without any: the fate of the first question.
 */
export const portAnswer = (port: MappedPort): Question<NetAnswer> =>
  questionTo(port, patience, async ({ runtime, signal }) => {
    const enough = new AbortController()
    const either = AbortSignal.any([signal, enough.signal])
    const said: NetAnswer[] = []
    async function attempt(index: number): Promise<NetAnswer> {
      // A question that cannot be sent is not an answer, and the next one could not be sent either.
      const answer = await askOnce(port, runtime, index === 0 ? patience : soon, either).catch(
        (error: unknown) => {
          enough.abort(error)
          throw error
        },
      )
      said[index] = answer
      if (answer.kind !== 'answered') throw new Error(answer.why)
      return answer
    }
    /** Sends this question, and the next one while there is no answer. */
    const from = (index: number): Promise<NetAnswer> =>
      index + 1 === tries
        ? attempt(index)
        : Promise.any([
            attempt(index),
            runtime.clock.sleep(between, either).then(() => from(index + 1)),
          ])
    try {
      return await from(0)
    } catch (error) {
      if (said[0] === undefined) throw error instanceof AggregateError ? error.errors[0] : error
      return said[0]
    } finally {
      enough.abort(new Error('one of them was answered'))
    }
  })

function jsonOf(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return value !== null && typeof value === 'object' ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/**
 * What is wrong with an answer; undefined: the application itself has answered. A 403 of another
 * program does not count.
 */
export function strangeness(answer: NetAnswer, wanted: AppAnswer): string | undefined {
  if (answer.kind !== 'answered') return `${answer.kind}: ${answer.why}`
  const shown = JSON.stringify(answer.body.slice(0, 80))
  if (wanted.by === 'http' && answer.status !== wanted.status)
    return `HTTP ${answer.status} ${shown}`
  if (wanted.contains !== undefined && !answer.body.includes(wanted.contains))
    return `an answer without “${wanted.contains}”: ${shown}`
  if (wanted.by === 'tcp') return undefined
  const members = Object.entries(wanted.json ?? {})
  const names = wanted.has ?? []
  if (members.length === 0 && names.length === 0) return undefined
  const json = jsonOf(answer.body)
  if (json === undefined) return `no JSON: ${shown}`
  const wrong = members.find(([key, value]) => json[key] !== value)
  if (wrong !== undefined) return `“${wrong[0]}” is ${JSON.stringify(json[wrong[0]])}: ${shown}`
  const missing = names.find(key => json[key] === undefined)
  return missing === undefined ? undefined : `no “${missing}”: ${shown}`
}

/** What a user expects of a port, in words. */
export function wantedInWords(wanted: AppAnswer): string {
  const content = wanted.contains === undefined ? '' : ` with “${wanted.contains}”`
  if (wanted.by === 'tcp')
    return wanted.send === undefined
      ? `accepts a connection${content}`
      : `answers ${JSON.stringify(wanted.send)}${content}`
  const members = Object.entries(wanted.json ?? {}).map(
    ([key, value]) => `“${key}”: ${JSON.stringify(value)}`,
  )
  const names = (wanted.has ?? []).map(key => `a “${key}”`)
  const body = [...members, ...names].join(', ')
  return `GET ${wanted.path} → ${wanted.status}${content}${body === '' ? '' : ` with ${body}`}`
}
