// Questions to the mapped host ports, asked as their users ask: a new connection, judged later by its content.
import type { AppAnswer, MappedPort, NetAnswer, Question } from '../words/index.ts'

/** How long a user's own check waits, ms. @source joelclaw history, heal script: curl --max-time 5 */
const patience = 5_000

/** What the host port of a service answers to its own application check. */
export const portAnswer = (port: MappedPort, deadline = patience): Question<NetAnswer> => ({
  key: `port.${port.host}`,
  says: `connect to ${port.name} on 127.0.0.1:${port.host}`,
  origin: `127.0.0.1:${port.host}`,
  needs: ['host-ports'],
  deadline: deadline * 1.5,
  ask({ reach, signal }) {
    const { answers } = port
    return answers.by === 'http'
      ? reach.net.http(`${answers.tls ? 'https' : 'http'}://127.0.0.1:${port.host}${answers.path}`, { deadline, signal })
      : reach.net.tcp({ host: '127.0.0.1', port: port.host, ...(answers.send === undefined ? {} : { send: answers.send }) }, { deadline, signal })
  },
})

function jsonOf(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return value !== null && typeof value === 'object' ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** What is wrong with an answer, or undefined when the application itself has answered. A stranger's 403 is not an answer. */
export function strangeness(answer: NetAnswer, wanted: AppAnswer): string | undefined {
  if (answer.kind !== 'answered') return `${answer.kind}: ${answer.why}`
  const shown = JSON.stringify(answer.body.slice(0, 80))
  if (wanted.by === 'http' && answer.status !== wanted.status) return `HTTP ${answer.status} ${shown}`
  if (wanted.contains !== undefined && !answer.body.includes(wanted.contains)) return `an answer without “${wanted.contains}”: ${shown}`
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
  if (wanted.by === 'tcp') return wanted.send === undefined ? `accepts a connection${content}` : `answers ${JSON.stringify(wanted.send)}${content}`
  const members = Object.entries(wanted.json ?? {}).map(([key, value]) => `“${key}”: ${JSON.stringify(value)}`)
  const names = (wanted.has ?? []).map(key => `a “${key}”`)
  const body = [...members, ...names].join(', ')
  return `GET ${wanted.path} → ${wanted.status}${content}${body === '' ? '' : ` with ${body}`}`
}
