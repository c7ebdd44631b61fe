// A program in the PATH folder of a served lab. It runs the lab's program and exits with the same
// code.
import { connect } from 'node:net'
import process from 'node:process'

const [path = '', program = '', ...args] = process.argv.slice(2)

/**
 * Whether the program reads its stdin. Other programs must not wait for a terminal or an open pipe.
 */
const reads =
  program === 'ssh' ||
  args.includes('-') ||
  (program === 'docker' && args.some(word => /^-\w*i/.test(word) || word === '--interactive'))

async function input(): Promise<string> {
  if (!reads || process.stdin.isTTY) return ''
  let text = ''
  for await (const chunk of process.stdin) text += String(chunk)
  return text
}

interface Answer {
  code: number
  stdout: string
  stderr: string
}

function isAnswer(value: unknown): value is Answer {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'code') === 'number' &&
    typeof Reflect.get(value, 'stdout') === 'string' &&
    typeof Reflect.get(value, 'stderr') === 'string'
  )
}

function ask(stdin: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(path, () =>
      socket.write(`${JSON.stringify({ argv: [program, ...args], stdin })}\n`),
    )
    socket.on('data', chunk => {
      text += chunk.toString()
    })
    socket.once('error', reject)
    socket.once('close', () => resolve(text))
  })
}

/** Resolves when the stream has taken the whole text. */
const write = (stream: NodeJS.WriteStream, text: string): Promise<void> =>
  new Promise(done => {
    if (text === '') done()
    else stream.write(text, () => done())
  })

try {
  const said: unknown = JSON.parse(await ask(await input()))
  if (!isAnswer(said)) throw new Error('it sent something other than an answer')
  await write(process.stdout, said.stdout)
  await write(process.stderr, said.stderr)
  process.exitCode = said.code
} catch (error) {
  const why = error instanceof Error ? error.message : String(error)
  await write(
    process.stderr,
    `${program}: the served lab at ${path} does not answer (${why}). ` +
      'Start it again with holdfast lab serve, and use its new PATH.\n',
  )
  // EX_UNAVAILABLE. @source BSD: exit status 69
  process.exitCode = 69
}
process.stdin.destroy()
