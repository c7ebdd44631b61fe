// `kubectl exec` over WebSockets: the command runs in the world's container, and its output comes
// back in channels.
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Lab } from '#lab/lab.ts'
import { isKnown, statusText } from './api-proxy.ts'
import { frame, frames, opcode } from './websocket.ts'

/** @source Kubernetes v1.35, remotecommand: the subprotocols of kubectl, newest first */
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io']
/** @source RFC 6455, section 1.3 */
const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
/** @source Kubernetes v1.35, remotecommand */
const channel = { stdout: 1, stderr: 2, error: 3 } as const

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
}

function refuse(socket: Duplex, code: number, body: string): void {
  const head = [
    `HTTP/1.1 ${code} ${reasons[code] ?? 'Error'}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/** The Status of a command's end. @source Kubernetes v1.35, remotecommand: v4 and later */
function exitStatus(code: number): string {
  if (code === 0) return JSON.stringify({ metadata: {}, status: 'Success' })
  return JSON.stringify({
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  })
}

const internalError = 'Internal error occurred: '

/** The Status of a missing program. The API server repeats the prefix of the kubelet. */
function missingStatus(text: string): string {
  const inner = `${internalError}error executing command in container: ${text}`
  return JSON.stringify({
    metadata: {},
    status: 'Failure',
    message: `${internalError}${inner}`,
    reason: 'InternalError',
    details: { causes: [{ message: inner }] },
    code: 500,
  })
}

/** Whether the API refuses a request only because it does not ask for an upgrade. */
const onlyUpgradeLacks = (body: string): boolean => body.includes('Upgrade request required')

const noWebSocket =
  'unable to upgrade: the lab speaks WebSockets (v5.channel.k8s.io), ' +
  'which kubectl does since 1.31'

/**
 * Answers a request for an upgrade: runs a command in a container, or sends the API server's
 * refusal.
 */
export function upgraded(
  request: IncomingMessage,
  socket: Duplex,
  { lab, token }: { lab: Lab; token: string },
): void {
  socket.on('error', () => undefined)
  if (!isKnown(request, token))
    return refuse(socket, 401, statusText(401, 'Unauthorized', 'Unauthorized'))
  const url = new URL(request.url ?? '/', 'https://localhost')
  const found = lab.api.handle({
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: {},
  })
  if (found.kind !== 'whole') return void socket.destroy()
  const [, namespace, pod] =
    /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/exec$/.exec(url.pathname) ?? []
  if (namespace === undefined || pod === undefined || !onlyUpgradeLacks(found.body))
    return refuse(socket, found.status, found.body)
  if (!switchProtocols(request, socket))
    return refuse(socket, 400, statusText(400, 'BadRequest', noWebSocket))
  const container = url.searchParams.get('container') ?? undefined
  const command = url.searchParams.getAll('command')
  sendResult(socket, lab.node.exec(namespace, pod, container, command))
}

/** Opens the WebSocket. Returns false if the client offers no subprotocol that the lab supports. */
function switchProtocols({ headers }: IncomingMessage, socket: Duplex): boolean {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map(name => name.trim())
  const protocol = protocols.find(name => offered.includes(name))
  const key = headers['sec-websocket-key']
  if (protocol === undefined || key === undefined) return false
  const head = [
    'HTTP/1.1 101 Switching Protocols',
    'upgrade: websocket',
    'connection: Upgrade',
    `sec-websocket-accept: ${createHash('sha1').update(`${key}${magic}`).digest('base64')}`,
    `sec-websocket-protocol: ${protocol}`,
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  const onFrame = frames((code, body) => {
    if (code === opcode.ping) socket.write(frame(opcode.pong, body))
    if (code === opcode.close) socket.end(frame(opcode.close, body))
  })
  socket.on('data', onFrame)
  return true
}

/** A command that hangs keeps its connection until the client gives up. */
function sendResult(socket: Duplex, result: ReturnType<Lab['node']['exec']>): void {
  const send = (to: number, text: string): void => {
    if (text !== '')
      socket.write(frame(opcode.binary, Buffer.concat([Buffer.from([to]), Buffer.from(text)])))
  }
  if (result?.kind === 'missing') send(channel.error, missingStatus(result.message))
  else if (result?.kind === 'exited') {
    send(channel.stdout, result.stdout)
    send(channel.stderr, result.stderr)
    send(channel.error, exitStatus(result.code))
  } else return
  // 1000: a normal end. @source RFC 6455, section 7.4.1
  socket.end(frame(opcode.close, Buffer.from([0x03, 0xe8])))
}
