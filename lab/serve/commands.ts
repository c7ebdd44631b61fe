// The host's programs over a local socket: arguments and input in, output and exit code out.
import { errorMessage } from '#src/model/error-message.ts'
import { createServer, type Server, type Socket } from 'node:net'
import { z } from 'zod'
import type { Shell } from '#src/model/runtime.ts'

/** What a program is asked, one line of JSON. */
export const question = z.object({ argv: z.array(z.string()).min(1), stdin: z.string() })

/** What comes back, one line of JSON. */
export interface CommandAnswer {
  code: number
  stdout: string
  stderr: string
}

/** Patience, virtual ms: it is the caller who gives up. */
const forever = 365 * 86_400_000

/** @source macOS, sockaddr_un: 104 bytes with the end; Linux allows four more */
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

/**
 * Listens at `path`. `around` is called before and after each command: files of both sides are made
 * equal there.
 */
export function openCommands(
  path: string,
  shell: Shell,
  around: () => Promise<void>,
): Promise<Commands> {
  const sockets = new Set<Socket>()

  async function serve(socket: Socket, line: string): Promise<void> {
    // Whoever is killed while it waits takes its command with it, as a process does.
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

  if (Buffer.byteLength(path) > longestPath) {
    return Promise.reject(
      new Error(
        `The socket ${path} cannot be made: its path is longer than the ${longestPath} bytes that systems allow. Set TMPDIR to a folder with a shorter name, e.g. TMPDIR=/tmp.`,
      ),
    )
  }
  return new Promise((resolve, reject) => {
    const server: Server = createServer({ allowHalfOpen: true }, socket => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      socket.on('error', () => undefined)
      let held = ''
      socket.on('data', chunk => {
        held += chunk.toString()
        const end = held.indexOf('\n')
        if (end === -1) return
        socket.removeAllListeners('data')
        socket.on('end', () => socket.destroy())
        socket.resume()
        void serve(socket, held.slice(0, end))
      })
    })
    server.once('error', reject)
    server.listen(path, () =>
      resolve({
        close() {
          server.close()
          for (const socket of sockets) socket.destroy()
        },
      }),
    )
  })
}
