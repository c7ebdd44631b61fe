// The host's programs over a local socket: arguments and input in, output and exit code out.
import { errorMessage } from '#src/model/error-message.ts'
import { createServer, type Server, type Socket } from 'node:net'
import { z } from 'zod'
import type { Shell } from '#src/model/runtime.ts'

/** The command that a program sends, one line of JSON. */
export const question = z.object({ argv: z.array(z.string()).min(1), stdin: z.string() })

/** The lab's answer, one line of JSON. */
export interface CommandAnswer {
  code: number
  stdout: string
  stderr: string
}

/** Deadline of a command, virtual ms. It is long, so only the caller gives up. */
const forever = 365 * 86_400_000

/** @source macOS, sockaddr_un: 104 bytes with the final zero; Linux allows four more */
const longestPath = 103

export interface Commands {
  close(): void
}

async function answered(shell: Shell, line: string, signal: AbortSignal): Promise<CommandAnswer> {
  const { argv, stdin } = question.parse(JSON.parse(line))
  const exit = await shell.run(argv, { deadline: forever, stdin, signal })
  switch (exit.kind) {
    case 'exited':
      return { code: exit.code, stdout: exit.stdout, stderr: exit.stderr }
    case 'missing':
      return { code: 127, stdout: '', stderr: `${exit.program}: command not found\n` }
    case 'timed-out':
      return { code: 124, stdout: exit.stdout, stderr: exit.stderr }
  }
}

const pathTooLong = (path: string): Error =>
  new Error(
    `The lab cannot make the socket ${path}: ` +
      `its path is longer than the ${longestPath} bytes that systems allow. ` +
      'Set TMPDIR to a folder with a shorter name, e.g. TMPDIR=/tmp.',
  )

/**
 * Listens at `path`. Calls `around` before and after each command, to synchronize the files of both
 * sides. Rejects if the path is too long for a socket, or if it cannot listen there.
 */
export function openCommands(
  path: string,
  shell: Shell,
  around: () => Promise<void>,
): Promise<Commands> {
  if (Buffer.byteLength(path) > longestPath) return Promise.reject(pathTooLong(path))
  const sockets = new Set<Socket>()
  const server: Server = createServer({ allowHalfOpen: true }, socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    onFirstLine(socket, line => void serve(socket, line, shell, around))
  })
  const close = (): void => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => resolve({ close }))
  })
}

/** Calls `listener` with the first line of a socket, and ignores the rest. */
function onFirstLine(socket: Socket, listener: (line: string) => void): void {
  let received = ''
  socket.on('data', chunk => {
    received += chunk.toString()
    const end = received.indexOf('\n')
    if (end === -1) return
    socket.removeAllListeners('data')
    socket.on('end', () => socket.destroy())
    socket.resume()
    listener(received.slice(0, end))
  })
}

async function serve(
  socket: Socket,
  line: string,
  shell: Shell,
  around: () => Promise<void>,
): Promise<void> {
  // If the caller is killed, its command ends too.
  const gone = new AbortController()
  socket.once('close', () => gone.abort(new Error('the caller is gone')))
  try {
    await around()
    const answer = await answered(shell, line, gone.signal)
    await around()
    socket.end(`${JSON.stringify(answer)}\n`)
  } catch (error) {
    if (gone.signal.aborted) return
    const stderr = `holdfast lab: ${errorMessage(error)}\n`
    socket.end(`${JSON.stringify({ code: 70, stdout: '', stderr } satisfies CommandAnswer)}\n`)
  }
}
