// Served labs for tests: in this process, or as the child process that a person would start.
import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { env, execPath } from 'node:process'
import { Agent, fetch, type Response } from 'undici'
import { onTestFinished } from 'vitest'
import { manifestsOf } from '#src/runs/manifests.ts'
import { findWorld } from '#lab/lab.ts'
import { serveLab, type ServedLab } from '#lab/serve/index.ts'

export const root = join(import.meta.dirname, '..', '..')

/** A served joelclaw without host ports, so that many can be served side by side. */
export async function servedLab({
  speed = 1,
  kubectl = false,
}: { speed?: number; kubectl?: boolean } = {}): Promise<ServedLab> {
  const world = await findWorld('joelclaw')
  if (world === undefined) throw new Error('the lab has no world for joelclaw')
  const failed = (error: unknown): never => {
    throw error
  }
  return serveLab({
    world,
    manifests: manifestsOf('joelclaw'),
    seed: 1,
    speed,
    port: 0,
    kubectl,
    node: execPath,
    hostPorts: false,
    failed,
  })
}

export interface Asked {
  method?: string
  token?: string
  accept?: string
  body?: string | Uint8Array
  type?: string
  /** A client certificate and its key, PEM. */
  certificate?: { cert: string; key: string }
}

/**
 * Sends one request and verifies the lab's certificate against its CA. The caller reads the answer.
 */
export async function send(served: ServedLab, path: string, asked: Asked = {}): Promise<Response> {
  const dispatcher = new Agent({ connect: { ca: served.ca, ...asked.certificate } })
  const headers = {
    ...(asked.token === undefined ? {} : { authorization: `Bearer ${asked.token}` }),
    ...(asked.accept === undefined ? {} : { accept: asked.accept }),
    ...(asked.body === undefined ? {} : { 'content-type': asked.type ?? 'application/json' }),
  }
  return fetch(`${served.url}${path}`, {
    method: asked.method ?? 'GET',
    headers,
    dispatcher,
    ...(asked.body === undefined ? {} : { body: asked.body }),
  })
}

/** Like {@link send}, with the lab's token. Reads the answer as JSON. */
export async function ask(
  served: ServedLab,
  path: string,
  asked: Asked = {},
): Promise<{ status: number; body: unknown }> {
  const answer = await send(served, path, { token: served.token, ...asked })
  return { status: answer.status, body: await answer.json() }
}

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

export interface Running {
  child: ChildProcess
  /** What it has printed so far. */
  said(): string
  /** Resolves when stdout contains a text. Rejects if the process ends before that. */
  saying(text: string): Promise<string>
  ended: Promise<Ended>
}

/**
 * Starts a program for one test, and ends it with the test. Its environment is that of this process
 * with some changes.
 */
export function start(
  argv: readonly string[],
  { environment = {}, stdin }: { environment?: Record<string, string>; stdin?: string } = {},
): Running {
  const [program = '', ...args] = argv
  const child = spawn(program, args, {
    cwd: root,
    env: { ...env, ...environment },
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  if (stdin !== undefined) child.stdin?.end(stdin)
  const output = outputOf(child)
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve({ code, ...output }))
  })
  onTestFinished(() => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  })
  return {
    child,
    ended,
    said: () => output.stdout,
    saying: text => printed(text, { child, ended, output, line: argv.join(' ') }),
  }
}

interface Output {
  stdout: string
  stderr: string
}

/** What a process has printed so far. */
function outputOf(child: ChildProcess): Output {
  const output: Output = { stdout: '', stderr: '' }
  child.stdout?.on('data', chunk => {
    output.stdout += String(chunk)
  })
  child.stderr?.on('data', chunk => {
    output.stderr += String(chunk)
  })
  return output
}

/** Resolves with stdout when it contains a text. Rejects if the process ends before that. */
const printed = (
  text: string,
  {
    child,
    ended,
    output,
    line,
  }: { child: ChildProcess; ended: Promise<Ended>; output: Output; line: string },
): Promise<string> =>
  new Promise((resolve, reject) => {
    const resolveWhenPrinted = (): void => {
      if (output.stdout.includes(text)) resolve(output.stdout)
    }
    child.stdout?.on('data', resolveWhenPrinted)
    ended.then(({ code }) => {
      const all = `${output.stdout}${output.stderr}`
      reject(new Error(`${line} ended with ${code} before it printed “${text}”: ${all}`))
    }, reject)
    resolveWhenPrinted()
  })

/** Runs a program to its end. */
export const run = (
  argv: readonly string[],
  options?: Parameters<typeof start>[1],
): Promise<Ended> => start(argv, options).ended

/** The command line of holdfast. */
export const holdfast = (...args: readonly string[]): readonly string[] => [
  execPath,
  join(root, 'bin', 'holdfast.mjs'),
  ...args,
]
