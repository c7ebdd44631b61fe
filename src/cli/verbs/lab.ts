// `holdfast lab serve`: serves the lab in real time on the loopback interface, for kubectl, for a
// browser, and for holdfast with `--target live`.
import { accessSync, constants, existsSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { env, execPath, stdout } from 'node:process'
import type { Policy } from '#src/model/index.ts'
import { findWorld } from '#lab/lab.ts'
import { serveLab, type ServedLab } from '#lab/serve/index.ts'
import type { Arguments } from '#src/cli/arguments.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { exits } from '#src/runs/process/exit.ts'
import { manifestsOf } from '#src/runs/manifests.ts'
import { UsageError } from '#src/runs/settings.ts'

/** The greatest speed, virtual ms per real ms. */
const fastest = 100

function numberOf(
  flag: string,
  text: string | undefined,
  otherwise: number,
  { from, to, whole }: { from: number; to: number; whole: boolean },
): number {
  if (text === undefined) return otherwise
  const value = Number(text)
  if (
    !/^\d{1,5}(\.\d{1,3})?$/.test(text) ||
    value < from ||
    value > to ||
    (whole && !Number.isInteger(value))
  ) {
    throw new UsageError(
      `Invalid --${flag} “${text}”. Use a ${whole ? 'whole ' : ''}number from ${from} to ${to}, ` +
        `e.g. --${flag} ${otherwise === 0 ? 8443 : 10}.`,
    )
  }
  return value
}

/** Whether the PATH already has a kubectl: the lab's small one must not hide it. */
const hasKubectl = (): boolean =>
  (env['PATH'] ?? '').split(delimiter).some(folder => {
    try {
      accessSync(join(folder, 'kubectl'), constants.X_OK)
      return existsSync(join(folder, 'kubectl'))
    } catch {
      return false
    }
  })

/** The policy with the paths and the identity of the served lab. */
function writePolicy(served: ServedLab, policy: Policy): string {
  const file = join(served.folder, 'policy.json')
  const kubeSystemUid = served.lab.context.store.get('Namespace', undefined, 'kube-system')
    ?.metadata.uid
  const moved = served.moved(policy)
  writeFileSync(
    file,
    `${JSON.stringify({ ...moved, identity: { ...moved.identity, kubeSystemUid } }, null, 2)}\n`,
    { mode: 0o600 },
  )
  return file
}

const listed = (numbers: readonly number[]): string =>
  numbers.length === 0 ? 'none' : numbers.join(', ')

/** What a person must know before using the lab. */
const warnings = (taken: readonly number[], speed: number): readonly string[] => [
  ...(taken.length === 0
    ? []
    : [`  not served  ${listed(taken)}: another process listens there; stop it`]),
  ...(speed === 1
    ? []
    : ['  clocks      the lab’s is ahead: ages in kubectl describe and events are wrong']),
]

function announcement(
  served: ServedLab,
  policyFile: string,
  { cluster, seed, speed, shim }: { cluster: string; seed: number; speed: number; shim: boolean },
): string {
  const { open, taken } = served.ports()
  const note = shim ? '; this kubectl knows config only, for more install a real one' : ''
  return [
    `holdfast lab: ${cluster}, seed ${seed}, ` +
      `${speed === 1 ? 'in real time' : `${speed} times as fast as real time`}. A rehearsal: ` +
      `nothing real is touched.`,
    '',
    `  API         ${served.url} (loopback only; a token or a certificate of this lab is required)`,
    `  kubeconfig  ${served.kubeconfig}`,
    `  programs    ${served.programs}: ${served.programNames.join(', ')}${note}`,
    `  home        ${served.home}`,
    `  policy      ${policyFile}`,
    `  ports       ${listed(open)}`,
    ...warnings(taken, speed),
    '',
    'In another terminal:',
    `  export KUBECONFIG=${served.kubeconfig} PATH=${served.programs}:$PATH`,
    '  kubectl get pods -A',
    'holdfast itself, as if the lab were live:',
    `  HOME=${served.home} PATH=${served.programs}:$PATH holdfast check --target live --cluster ` +
      policyFile,
    '',
    'Ctrl-C ends it and removes its files.',
    '',
  ].join('\n')
}

/**
 * Resolves with the signal that asks for the end. It replaces the handlers that end other verbs at
 * once.
 */
const asked = (): Promise<NodeJS.Signals> =>
  new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.removeAllListeners(signal)
      process.once(signal, () => resolve(signal))
    }
  })

/** Throws a UsageError for words and flags that do not serve a lab. */
function checkWords({ words, settings }: Arguments): void {
  if (words.length !== 1 || words[0] !== 'serve') {
    const got = words.length === 0 ? '' : `, but got “${words.join(' ')}”`
    throw new UsageError(
      `holdfast lab takes one word, serve${got}, e.g. holdfast lab serve --speed 10.`,
    )
  }
  if (settings.target !== 'lab')
    throw new UsageError(
      `holdfast lab serve serves the lab; --target ${settings.target} is something else.`,
    )
}

/** Throws a failure to listen as a message with its remedy. */
function notServed(error: unknown, port: number): never {
  const code = error instanceof Error ? Reflect.get(error, 'code') : undefined
  if (code === 'EADDRINUSE')
    throw new UsageError(
      `Port ${port} is taken. Choose another, or leave --port out to get a free one.`,
    )
  if (code === 'EACCES')
    throw new UsageError(`This user may not listen on port ${port}. Choose one above 1023.`)
  throw error
}

async function worldFor({ cluster }: Policy) {
  const world = await findWorld(cluster)
  if (world === undefined)
    throw new UsageError(
      `The lab has no world for “${cluster}” yet. It has worlds for joelclaw and sandbox.`,
    )
  return world
}

export async function lab(options: Arguments): Promise<number> {
  checkWords(options)
  const { settings } = options
  const speed = numberOf('speed', options.speed, 1, { from: 0.1, to: fastest, whole: false })
  const port = numberOf('port', options.port, 0, { from: 0, to: 65_535, whole: true })
  const policy = await loadPolicy(settings.cluster)
  const world = await worldFor(policy)

  const ending = asked()
  const broken = Promise.withResolvers<never>()
  // The server may fail before the code below waits for it. A later await still gets the error.
  broken.promise.catch(() => undefined)
  const shim = !hasKubectl()
  const served = await serveLab({
    world,
    manifests: manifestsOf(settings.cluster),
    seed: settings.seed,
    speed,
    port,
    kubectl: shim,
    node: execPath,
    failed: broken.reject,
  }).catch((error: unknown) => notServed(error, port))
  try {
    stdout.write(
      announcement(served, writePolicy(served, policy), {
        cluster: policy.cluster,
        seed: settings.seed,
        speed,
        shim,
      }),
    )
    const signal = await Promise.race([ending, broken.promise])
    stdout.write(`\nholdfast lab: ended by ${signal}.`)
  } finally {
    const { requests } = await served.stop()
    stdout.write(` The API answered ${requests} requests.\n`)
    stdout.write(`All ports are closed, and ${served.folder} is removed.\n`)
  }
  return exits.holds
}
