// Connections from the host against real servers on loopback: answered, refused, reset, silent.
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { api, ca } from './fixtures/certificates.ts'
import { liveNet } from './net.ts'

const net = liveNet()
const servers: Server[] = []
const sockets = new Set<Socket>()
afterEach(() => {
  for (const socket of sockets) socket.destroy()
  for (const server of servers.splice(0)) server.close()
})

async function listening(server: Server): Promise<number> {
  servers.push(server)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  return (server.address() as AddressInfo).port
}
const http = (listener: RequestListener): Promise<number> => listening(createHttpServer(listener))
const tcp = (listener: (socket: Socket) => void): Promise<number> =>
  listening(createTcpServer(listener))
const tookMs: unknown = expect.any(Number)

async function freePort(): Promise<number> {
  const server = createTcpServer()
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise(done => server.close(done))
  return port
}

describe('http', () => {
  test('an answer is an answer, whatever its status, and redirects are not followed', async () => {
    const port = await http((request, response) => {
      if (request.url === '/moved')
        response.writeHead(302, { location: '/health' }).end('over there')
      else response.writeHead(503).end('Not Ready or Lagging')
    })
    expect(await net.http(`http://127.0.0.1:${port}/health`, { deadline: 5000 })).toEqual({
      kind: 'answered',
      status: 503,
      body: 'Not Ready or Lagging',
      tookMs,
    })
    expect(await net.http(`http://127.0.0.1:${port}/moved`, { deadline: 5000 })).toEqual({
      kind: 'answered',
      status: 302,
      body: 'over there',
      tookMs,
    })
  })

  test('each request makes a connection of its own', async () => {
    let connections = 0
    const server = createHttpServer((_, response) => response.end('ok'))
    server.on('connection', () => {
      connections += 1
    })
    const port = await listening(server)
    for (let count = 0; count < 3; count += 1)
      await net.http(`http://127.0.0.1:${port}/`, { deadline: 5000 })
    expect(connections).toBe(3)
  })

  test('an application’s answer counts although its certificate is not trusted', async () => {
    const port = await listening(
      createHttpsServer({ ca, cert: api.cert, key: api.key }, (_, response) =>
        response.end('secret OK'),
      ),
    )
    expect(await net.http(`https://127.0.0.1:${port}/`, { deadline: 5000 })).toEqual({
      kind: 'answered',
      status: 200,
      body: 'secret OK',
      tookMs,
    })
  })

  test('bodies are cut at 64 KiB', async () => {
    const port = await http((_, response) => response.end('x'.repeat(200_000)))
    const answer = await net.http(`http://127.0.0.1:${port}/`, { deadline: 5000 })
    expect(answer.kind === 'answered' && answer.body.length).toBe(65_536)
  })

  test('a port without a listener refuses', async () => {
    const port = await freePort()
    expect(await net.http(`http://127.0.0.1:${port}/`, { deadline: 5000 })).toEqual({
      kind: 'refused',
      why: `connect ECONNREFUSED 127.0.0.1:${port}`,
      tookMs,
    })
  })

  test('a listener that closes at once resets', async () => {
    const port = await tcp(socket => socket.destroy())
    expect(await net.http(`http://127.0.0.1:${port}/`, { deadline: 5000 })).toMatchObject({
      kind: 'reset',
    })
  })

  test('a listener that accepts and never answers is silent', async () => {
    const port = await tcp(() => undefined)
    expect(await net.http(`http://127.0.0.1:${port}/`, { deadline: 200 })).toEqual({
      kind: 'silent',
      why: 'no answer within 200 ms',
      tookMs,
    })
  })

  test('a body that stops in the middle is silence, and says how far it came', async () => {
    const port = await http((_, response) => {
      response.writeHead(200)
      response.write('half')
    })
    expect(await net.http(`http://127.0.0.1:${port}/`, { deadline: 200 })).toEqual({
      kind: 'silent',
      why: 'status 200 and 4 bytes, but no end of the body within 200 ms',
      tookMs,
    })
  })

  test('what is no HTTP, and what is no TLS, fails', async () => {
    const port = await tcp(socket => socket.end('+PONG\r\n'))
    expect(await net.http(`http://127.0.0.1:${port}/`, { deadline: 5000 })).toMatchObject({
      kind: 'failed',
      why: 'Response does not match the HTTP/1.1 protocol (Expected HTTP/, RTSP/ or ICE/)',
    })
    const plain = await http((_, response) => response.end())
    expect(await net.http(`https://127.0.0.1:${plain}/`, { deadline: 5000 })).toMatchObject({
      kind: 'failed',
      why: expect.stringMatching(/SSL|EPROTO/),
    })
  })

  test('an aborted signal rejects with its reason', async () => {
    const control = new AbortController()
    const port = await tcp(() => control.abort(new Error('enough')))
    await expect(
      net.http(`http://127.0.0.1:${port}/`, { deadline: 5000, signal: control.signal }),
    ).rejects.toThrow('enough')
    await expect(
      net.http(`http://127.0.0.1:${port}/`, { deadline: 5000, signal: control.signal }),
    ).rejects.toThrow('enough')
  })
})

describe('tcp', () => {
  const to = (port: number, send?: string) => ({
    host: '127.0.0.1',
    port,
    ...(send === undefined ? {} : { send }),
  })

  test('the first bytes are the answer', async () => {
    const port = await tcp(socket =>
      socket.on('data', data =>
        socket.write(String(data) === 'PING\r\n' ? '+PONG\r\n' : '-ERR\r\n'),
      ),
    )
    expect(await net.tcp(to(port, 'PING\r\n'), { deadline: 5000 })).toEqual({
      kind: 'answered',
      status: 0,
      body: '+PONG\r\n',
      tookMs,
    })
  })

  test('refused, closed without a byte, silent', async () => {
    const free = await freePort()
    expect(await net.tcp(to(free), { deadline: 5000 })).toEqual({
      kind: 'refused',
      why: `connect ECONNREFUSED 127.0.0.1:${free}`,
      tookMs,
    })
    const closing = await tcp(socket => socket.end())
    expect(await net.tcp(to(closing), { deadline: 5000 })).toEqual({
      kind: 'reset',
      why: 'it closed the connection without a byte',
      tookMs,
    })
    const mute = await tcp(() => undefined)
    expect(await net.tcp(to(mute, 'PING\r\n'), { deadline: 200 })).toEqual({
      kind: 'silent',
      why: 'it accepted the connection and sent nothing within 200 ms',
      tookMs,
    })
  })

  test('an aborted signal rejects with its reason', async () => {
    const control = new AbortController()
    const port = await tcp(() => control.abort(new Error('enough')))
    await expect(net.tcp(to(port), { deadline: 5000, signal: control.signal })).rejects.toThrow(
      'enough',
    )
    await expect(net.tcp(to(port), { deadline: 5000, signal: control.signal })).rejects.toThrow(
      'enough',
    )
  })
})
