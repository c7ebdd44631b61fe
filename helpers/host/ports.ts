// Questions to the mapped host ports, asked as their users ask: a new connection, judged later by
// its content.
import type { AppAnswer, MappedPort, NetAnswer, Question, Runtime } from '#src/model/index.ts'

/**
 * How long a user's own check waits, ms. @source joelclaw history, heal script: curl --max-time 5
 */
const patience = 5_000

/**
 * How often a port is asked before it counts as silent or refused, and ms from one to the next:
 * single questions go astray for minutes after an outage during which requests continued. @source
 * measured on a v1.35 node behind Docker's port mapping: at worst one in four, up to five within
 * 200 ms
 */
const tries = 4
const between = 250
/**
 * How long a question after the first one waits, ms: one that does not go astray is answered soon,
 * and an outage is not to be waited out by many.
 */
const soon = 1_000

/**
 * A question to the host port of a service, to its own application check, with a new connection.
 */
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
 * What the host port of a service answers to one question, which may go astray: for those who ask
 * all the time.
 */
export const portAskedOnce = (port: MappedPort, deadline: number): Question<NetAnswer> =>
  questionTo(port, deadline, ({ runtime, signal }) => askOnce(port, runtime, deadline, signal))

/**
 * What the host port of a service answers: the first answer to a few questions; where there is
 * none, what became of the first question.
 */
export const portAnswer = (port: MappedPort): Question<NetAnswer> =>
  questionTo(port, patience, async ({ runtime, signal }) => {
    const enough = new AbortController()
    const either = AbortSignal.any([signal, enough.signal])
    const said: NetAnswer[] = []
    async function attempt(index: number): Promise<NetAnswer> {
      // A question that cannot even be asked is no answer: the next one could not be either.
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
    /** This one, and while it is not answered the next. */
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
 * What is wrong with an answer, or undefined when the application itself has answered. A stranger's
 * 403 is not an answer.
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
