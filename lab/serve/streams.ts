// `kubectl exec` over WebSockets: the command runs in the world's container, its output comes back
// in channels.
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Lab } from '#lab/lab.ts'
import { isKnown, statusText } from './api-proxy.ts'

/** @source Kubernetes v1.35, remotecommand: the subprotocols of kubectl, newest first */
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io']
/** @source RFC 6455, section 1.3 */
const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

const opcode = { binary: 2, close: 8, ping: 9, pong: 10 } as const
const channel = { stdout: 1, stderr: 2, error: 3 } as const

function frame(code: number, body: Uint8Array): Buffer {
  const { length } = body
  const head = length < 126 ? [0x80 | code, length] : [0x80 | code, 126, length >> 8, length & 0xff]
  if (length < 0x1_0000) return Buffer.concat([Buffer.from(head), body])
  const long = Buffer.alloc(10)
  long.writeUInt8(0x80 | code, 0)
  long.writeUInt8(127, 1)
  long.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([long, body])
}

/** Reads a client's frames, which are masked; hands over code and body of each whole one. */
function frames(hear: (code: number, body: Buffer) => void): (chunk: Buffer) => void {
  let held = Buffer.alloc(0)
  return chunk => {
    held = Buffer.concat([held, chunk])
    for (;;) {
      if (held.length < 2) return
      const short = held[1]! & 0x7f
      const from = short === 126 ? 4 : short === 127 ? 10 : 2
      if (held.length < from + 4) return
      const length =
        short === 126
          ? held.readUInt16BE(2)
          : short === 127
            ? Number(held.readBigUInt64BE(2))
            : short
      if (held.length < from + 4 + length) return
      const mask = held.subarray(from, from + 4)
      hear(
        held[0]! & 0x0f,
        Buffer.from(
          held.subarray(from + 4, from + 4 + length).map((byte, index) => byte ^ mask[index % 4]!),
        ),
      )
      held = held.subarray(from + 4 + length)
    }
  }
}

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
}

function refuse(socket: Duplex, code: number, body: string): void {
  socket.end(
    `HTTP/1.1 ${code} ${reasons[code] ?? 'Error'}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}

/**
 * How the command ended, as the error channel tells it. @source Kubernetes v1.35, remotecommand: v4
 * and later
 */
function ending(code: number): string {
  if (code === 0) return JSON.stringify({ metadata: {}, status: 'Success' })
  return JSON.stringify({
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  })
}

/** What the API says to such a request without an upgrade when nothing is wrong with it. */
const onlyUpgradeLacks = (body: string): boolean => body.includes('Upgrade request required')

/**
 * Answers a request for an upgrade: a command in a container where that is asked, the API server's
 * refusal otherwise.
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
  const said = lab.api.handle({
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: {},
  })
  if (said.kind !== 'whole') return void socket.destroy()
  const [, namespace, pod] =
    /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/exec$/.exec(url.pathname) ?? []
  const offered = (request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map(name => name.trim())
  const protocol = protocols.find(name => offered.includes(name))
  const key = request.headers['sec-websocket-key']
  if (namespace === undefined || pod === undefined || !onlyUpgradeLacks(said.body))
    return refuse(socket, said.status, said.body)
  if (protocol === undefined || key === undefined) {
    const message =
      'unable to upgrade: the lab speaks WebSockets (v5.channel.k8s.io), which kubectl does since 1.31'
    return refuse(socket, 400, statusText(400, 'BadRequest', message))
  }
  const accept = createHash('sha1').update(`${key}${magic}`).digest('base64')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\nsec-websocket-protocol: ${protocol}\r\n\r\n`,
  )
  const send = (to: number, text: string): void => {
    if (text !== '')
      socket.write(frame(opcode.binary, Buffer.concat([Buffer.from([to]), Buffer.from(text)])))
  }
  socket.on(
    'data',
    frames((code, body) => {
      if (code === opcode.ping) socket.write(frame(opcode.pong, body))
      if (code === opcode.close) socket.end(frame(opcode.close, body))
    }),
  )
  const done = lab.node.exec(
    namespace,
    pod,
    url.searchParams.get('container') ?? undefined,
    url.searchParams.getAll('command'),
  )
  if (done?.kind === 'missing') {
    // Twice: the kubelet says it of its runtime, the API server of the kubelet.
    const says = `Internal error occurred: Internal error occurred: error executing command in container: ${done.message}`
    send(
      channel.error,
      JSON.stringify({
        metadata: {},
        status: 'Failure',
        message: says,
        reason: 'InternalError',
        details: { causes: [{ message: says.slice('Internal error occurred: '.length) }] },
        code: 500,
      }),
    )
    return void socket.end(frame(opcode.close, Buffer.from([0x03, 0xe8])))
  }
  // A command that hangs keeps its connection until the client has had enough.
  if (done?.kind !== 'exited') return
  send(channel.stdout, done.stdout)
  send(channel.stderr, done.stderr)
  send(channel.error, ending(done.code))
  socket.end(frame(opcode.close, Buffer.from([0x03, 0xe8])))
}
