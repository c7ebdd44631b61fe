// `kubectl config`: contexts and servers of the kubeconfig; and of what changes the cluster the two
// that put a node right.
import type { KubeObject } from '#src/model/kube.ts'
import type { Io, Mac, Program } from '#lab/host/mac.ts'
import { kubectl as takes } from '#lab/host/delays.ts'
import { aligned } from '#lab/host/table.ts'
import { defaultPath, put, readKubeconfig, writeKubeconfig, type Kubeconfig } from './kubeconfig.ts'

/** Flags as `--name=value`, `--name value` or `-o value`; a flag without a value is `true`. */
function parse(args: readonly string[]): { words: string[]; flags: Map<string, string> } {
  const bare = [
    '--minify',
    '--raw',
    '--no-headers',
    '--client',
    '--flatten',
    '--merge',
    '-q',
    '--quiet',
  ]
  const words: string[] = []
  const flags = new Map<string, string>()
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index]!
    if (!word.startsWith('-')) {
      words.push(word)
      continue
    }
    const [name = '', ...rest] = word.split('=')
    if (rest.length > 0) flags.set(name, rest.join('='))
    else if (bare.includes(name)) flags.set(name, 'true')
    else if (/^-o./.test(word)) flags.set('-o', word.slice(2))
    else flags.set(name, args[(index += 1)] ?? '')
  }
  return { words, flags }
}

export const kubectl: Program = function* kubectl(mac, args, io) {
  const { words, flags } = parse(args)
  yield takes
  const [command = '', verb = '', name = ''] = words
  if (command === 'version') {
    io.out('Client Version: v1.35.0\nKustomize Version: v5.7.1\n')
    return 0
  }
  const acted = actOnNode(mac, io, words)
  if (acted !== undefined) return acted
  if (command !== 'config') {
    io.err(`error: unknown command "${command}" for "kubectl"\n`)
    return 1
  }
  const path = flags.get('--kubeconfig') ?? defaultPath(mac)
  try {
    return configure(mac, io, verb, name, path, flags)
  } catch (error) {
    io.err(`error: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}

interface LabNode extends KubeObject {
  spec?: { unschedulable?: boolean; taints?: { key: string; effect: string }[] }
}

/** `uncordon NODE` and `taint nodes NODE KEY:EFFECT-`; undefined for other words. */
function actOnNode(
  mac: Mac,
  io: Io,
  [command, second = '', third = '', taint = '']: readonly string[],
): number | undefined {
  const untaints = command === 'taint' && /^nodes?$/.test(second) && taint.endsWith('-')
  if (command !== 'uncordon' && !untaints) return undefined
  const name = untaints ? third : second
  if (!mac.machines.some(machine => mac.cluster.apiState(machine) === 'serving')) {
    io.err('The connection to the server was refused - did you specify the right host or port?\n')
    return 1
  }
  const { store } = mac.context
  if (store.get('Node', undefined, name) === undefined) {
    io.err(`Error from server (NotFound): nodes "${name}" not found\n`)
    return 1
  }
  const [key = '', effect = ''] = taint.slice(0, -1).split(':')
  store.update<LabNode>('Node', undefined, name, draft => {
    if (draft.spec === undefined) return
    if (!untaints) delete draft.spec.unschedulable
    else
      draft.spec.taints = (draft.spec.taints ?? []).filter(
        one => one.key !== key || one.effect !== effect,
      )
  })
  io.out(untaints ? `node/${name} untainted\n` : `node/${name} uncordoned\n`)
  return 0
}

function configure(
  mac: Mac,
  io: Io,
  verb: string,
  name: string,
  path: string,
  flags: ReadonlyMap<string, string>,
): number {
  const config = readKubeconfig(mac, path)
  const fail = (text: string): number => {
    io.err(`error: ${text}\n`)
    return 1
  }
  if (verb === 'get-contexts')
    return getContexts(io, config, name, flags.get('-o') ?? flags.get('--output'))
  if (verb === 'current-context') {
    if (config['current-context'] === '') return fail('current-context is not set')
    io.out(`${config['current-context']}\n`)
    return 0
  }
  if (verb === 'use-context') {
    if (!config.contexts.some(context => context.name === name))
      return fail(`no context exists with the name: "${name}"`)
    writeKubeconfig(mac, path, { ...config, 'current-context': name })
    io.out(`Switched to context "${name}".\n`)
    return 0
  }
  if (verb === 'set-cluster') {
    const before = config.clusters.find(cluster => cluster.name === name)?.cluster ?? {}
    const server = flags.get('--server')
    const insecure = flags.get('--insecure-skip-tls-verify')
    put(config.clusters, {
      name,
      cluster: {
        ...before,
        ...(server === undefined ? {} : { server }),
        ...(insecure === undefined ? {} : { 'insecure-skip-tls-verify': insecure === 'true' }),
      },
    })
    writeKubeconfig(mac, path, config)
    io.out(`Cluster "${name}" set.\n`)
    return 0
  }
  if (verb === 'delete-context') {
    if (!config.contexts.some(context => context.name === name))
      return fail(`cannot delete context ${name}, not in ${mac.disk.resolve(path)}`)
    writeKubeconfig(mac, path, {
      ...config,
      contexts: config.contexts.filter(context => context.name !== name),
    })
    io.out(`deleted context ${name} from ${mac.disk.resolve(path)}\n`)
    return 0
  }
  if (verb === 'view') return view(io, config, flags)
  return fail(`unknown command "config ${verb}"`)
}

function getContexts(io: Io, config: Kubeconfig, name: string, output: string | undefined): number {
  const shown = config.contexts
    .filter(context => name === '' || context.name === name)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  if (output === 'name') io.out(shown.map(context => `${context.name}\n`).join(''))
  else {
    const rows = shown.map(({ name: title, context }) => [
      title === config['current-context'] ? '*' : '',
      title,
      context.cluster,
      context.user,
      context.namespace ?? '',
    ])
    io.out(aligned([['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE'], ...rows], 3))
  }
  if (name !== '' && shown.length === 0) {
    io.err(`error: context ${name} not found\n`)
    return 1
  }
  return 0
}

/**
 * `view --minify -o jsonpath=…` for the paths that people ask: a server, a cluster's or context's
 * name.
 */
function view(io: Io, config: Kubeconfig, flags: ReadonlyMap<string, string>): number {
  let shown = config
  if (flags.has('--minify')) {
    const wanted = flags.get('--context') ?? config['current-context']
    const context = config.contexts.find(one => one.name === wanted)
    if (context === undefined) {
      io.err(
        wanted === ''
          ? 'error: current-context must exist in order to minify\n'
          : `error: cannot locate context ${wanted}\n`,
      )
      return 1
    }
    shown = {
      ...config,
      'current-context': wanted,
      contexts: [context],
      clusters: config.clusters.filter(cluster => cluster.name === context.context.cluster),
      users: config.users.filter(user => user.name === context.context.user),
    }
  }
  const output = flags.get('-o') ?? flags.get('--output') ?? 'yaml'
  if (output.startsWith('jsonpath=')) {
    io.out(
      output
        .slice('jsonpath='.length)
        .replace(/^'(.*)'$/, '$1')
        .replaceAll(/\{([^}]*)\}/g, (_, path: string) => jsonPath(shown, path)),
    )
    return 0
  }
  io.out(`${JSON.stringify(hidden(shown), null, 4)}\n`)
  return 0
}

function jsonPath(value: unknown, path: string): string {
  let current = value
  for (const part of path.match(/\[(\d+)\]|[\w-]+/g) ?? []) {
    const key = part.startsWith('[') ? Number(part.slice(1, -1)) : part
    current =
      current !== null && typeof current === 'object' ? Reflect.get(current, key) : undefined
  }
  return current === undefined
    ? ''
    : typeof current === 'string'
      ? current
      : JSON.stringify(current)
}

/** Certificates and keys are not shown without --raw. */
function hidden(config: Kubeconfig): Kubeconfig {
  const hide = (held: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(held).map(([key, value]) => [
        key,
        key.endsWith('-data') ? (key === 'client-key-data' ? 'REDACTED' : 'DATA+OMITTED') : value,
      ]),
    )
  return {
    ...config,
    clusters: config.clusters.map(one => ({ ...one, cluster: hide(one.cluster) })),
    users: config.users.map(one => ({ ...one, user: hide(one.user) })),
  }
}
