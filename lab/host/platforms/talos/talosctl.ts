// `talosctl`: its config, and calls to the Talos API of the node along the same path as everything
// else.
import { parse as parseYaml, stringify } from 'yaml'
import { now, type Io, type Mac, type Program } from '#lab/host/mac.ts'
import { apid, talosctl as times } from '#lab/host/delays.ts'
import { aligned } from '#lab/host/table.ts'
import { apiAt, apiPort, talosPort } from '#lab/host/route.ts'
import type { Work } from '#lab/host/work.ts'
import { copyOf } from '#lab/kernel/data.ts'
import type { Machine } from '#lab/kernel/world.ts'
import {
  defaultPath,
  put,
  readKubeconfig,
  writeKubeconfig,
} from '#lab/host/platforms/kubectl/kubeconfig.ts'

interface TalosContext {
  endpoints?: string[]
  nodes?: string[]
  ca?: string
  crt?: string
  key?: string
}

interface Talosconfig {
  context: string
  contexts: Record<string, TalosContext>
}

interface Arguments {
  words: string[]
  config: string
  endpoints: string[]
  nodes: string[]
  flags: Map<string, string>
}

const valued = new Set([
  '--talosconfig',
  '-e',
  '--endpoints',
  '-n',
  '--nodes',
  '--context',
  '-o',
  '--output',
  '--wait-timeout',
  '--force-context-name',
])

function parse(mac: Mac, args: readonly string[]): Arguments {
  const parsed: Arguments = {
    words: [],
    config: `${mac.seed.home}/.talos/config`,
    endpoints: [],
    nodes: [],
    flags: new Map(),
  }
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index]!
    if (!word.startsWith('-')) {
      parsed.words.push(word)
      continue
    }
    const [name = '', ...rest] = word.split('=')
    const value =
      rest.length > 0 ? rest.join('=') : valued.has(name) ? (args[(index += 1)] ?? '') : 'true'
    if (name === '--talosconfig') parsed.config = value
    else if (name === '-e' || name === '--endpoints') parsed.endpoints.push(...value.split(','))
    else if (name === '-n' || name === '--nodes') parsed.nodes.push(...value.split(','))
    else parsed.flags.set(name, value)
  }
  return parsed
}

/** The last config that was read: it is asked for far more often than it changes. */
let last: { text: string; held: unknown } | undefined

/** A missing file is an empty config, as the program takes it. */
function readConfig(mac: Mac, path: string): Talosconfig {
  const text = mac.disk.text(path) ?? ''
  if (last?.text !== text) last = { text, held: parseYaml(text) }
  // A copy, because the caller may change it.
  const held = copyOf(last.held)
  if (held === null || typeof held !== 'object') return { context: '', contexts: {} }
  // Written by this program or by a world's seed.
  const config = held as Partial<Talosconfig>
  return { context: config.context ?? '', contexts: config.contexts ?? {} }
}

export const talosctl: Program = function* talosctl(mac, args, io) {
  const parsed = parse(mac, args)
  const [command = '', verb = ''] = parsed.words
  yield times.local
  if (command === 'config') return configure(mac, io, verb, parsed)
  if (command === 'version') {
    const short = parsed.flags.has('--short')
    io.out(
      short
        ? `Client:\nTalos ${mac.seed.talos.version}\n`
        : `Client:\n\tTag:         ${mac.seed.talos.version}\n\tSHA:         undefined\n\tBuilt:       \n\tGo version:  go1.25.6\n\tOS/Arch:     darwin/arm64\n`,
    )
    if (parsed.flags.has('--client')) return 0
    io.out('Server:\n')
  }
  const call = calls[command]
  if (call === undefined) {
    io.err(`unknown command "${command}" for "talosctl"\n`)
    return 1
  }
  const config = readConfig(mac, parsed.config)
  const context = config.contexts[parsed.flags.get('--context') ?? config.context]
  const endpoints = parsed.endpoints.length > 0 ? parsed.endpoints : (context?.endpoints ?? [])
  const nodes = parsed.nodes.length > 0 ? parsed.nodes : (context?.nodes ?? [])
  if (endpoints.length === 0) {
    io.err('error constructing client: failed to determine endpoints\n')
    return 1
  }
  const reached = yield* dialEndpoints(mac, endpoints)
  if ('error' in reached) {
    // `health` and `get` print the error alone. @source measured with talosctl v1.9.0
    io.err(
      `${call.failure}rpc error: code = Unavailable desc = connection error: desc = "transport: ${reached.error}"\n`,
    )
    return 1
  }
  yield times.call
  return call.run(mac, io, reached.machine, nodes[0] ?? '127.0.0.1', parsed)
}

/** Dials the endpoints in turn; a silent one costs the handshake's 20 s. */
function* dialEndpoints(
  mac: Mac,
  endpoints: readonly string[],
): Work<{ machine: Machine } | { error: string }> {
  let error = ''
  for (const endpoint of endpoints) {
    const [host = '', port] = endpoint.replace(/^https?:\/\//, '').split(':')
    const number = port === undefined ? talosPort : Number(port)
    const way = ['127.0.0.1', 'localhost'].includes(host)
      ? apiAt(mac, number)
      : ({ kind: 'silent' } as const)
    const up =
      way.kind === 'open' &&
      way.service === 'talos' &&
      way.machine.state === 'running' &&
      now(mac) - way.machine.startedAt >= apid
    if (way.kind === 'open' && up) return { machine: way.machine }
    if (way.kind === 'silent' || (way.kind === 'open' && way.machine.state === 'paused')) {
      yield times.handshake - times.local
      error = 'authentication handshake failed: context deadline exceeded'
    } else if (way.kind === 'refused')
      error = `Error while dialing: dial tcp ${host}:${number}: connect: connection refused`
    else error = 'authentication handshake failed: EOF'
  }
  return { error }
}

function configure(mac: Mac, io: Io, verb: string, parsed: Arguments): number {
  const config = readConfig(mac, parsed.config)
  const name = parsed.flags.get('--context') ?? config.context
  const context = config.contexts[name]
  if (verb === 'contexts') {
    const rows = Object.entries(config.contexts)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([title, one]) => [
        title === config.context ? '*' : '',
        title,
        (one.endpoints ?? []).join(','),
        (one.nodes ?? []).join(','),
      ])
    io.out(aligned([['CURRENT', 'NAME', 'ENDPOINTS', 'NODES'], ...rows], 3))
    return 0
  }
  if (context === undefined) {
    io.err('no context is set\n')
    return 1
  }
  if (verb === 'endpoint' || verb === 'endpoints' || verb === 'node' || verb === 'nodes') {
    const changed = verb.startsWith('endpoint')
      ? { ...context, endpoints: parsed.words.slice(2) }
      : { ...context, nodes: parsed.words.slice(2) }
    mac.disk.write(
      parsed.config,
      stringify({ ...config, contexts: { ...config.contexts, [name]: changed } }, { lineWidth: 0 }),
    )
    return 0
  }
  if (verb !== 'info') {
    io.err(`unknown command "${verb}" for "talosctl config"\n`)
    return 1
  }
  const ends = `${new Date(now(mac)).getUTCFullYear() + 1}${new Date(now(mac)).toISOString().slice(4, 10)}`
  const { nodes = [], endpoints = [] } = context
  if ((parsed.flags.get('-o') ?? parsed.flags.get('--output')) === 'json') {
    io.out(
      `${JSON.stringify({ context: name, nodes, endpoints, roles: ['os:admin'], certTTL: '1 year from now', certNotAfter: ends }, null, 2)}\n`,
    )
    return 0
  }
  const list = (items: readonly string[]): string =>
    items.length === 0 ? 'not defined' : items.join(', ')
  io.out(
    `Current context:     ${name}\nNodes:               ${list(nodes)}\nEndpoints:           ${list(endpoints)}\nRoles:               os:admin\nCertificate expires: 1 year from now (${ends})\n`,
  )
  return 0
}

interface Call {
  failure: string
  run(mac: Mac, io: Io, machine: Machine, node: string, parsed: Arguments): number
}

const calls: Record<string, Call> = {
  version: {
    failure: 'error getting version: ',
    run(mac, io, _machine, node) {
      io.out(
        `\tNODE:        ${node}\n\tTag:         ${mac.seed.talos.version}\n\tSHA:         undefined\n\tBuilt:       \n\tGo version:  go1.25.6\n\tOS/Arch:     linux/arm64\n\tEnabled:     RBAC\n`,
      )
      return 0
    },
  },
  services: {
    failure: 'error listing services: ',
    run(_mac, io, _machine, node) {
      const names = ['apid', 'containerd', 'cri', 'etcd', 'kubelet', 'machined', 'trustd']
      io.out(
        aligned(
          [
            ['NODE', 'SERVICE', 'STATE', 'HEALTH', 'LAST CHANGE', 'LAST EVENT'],
            ...names.map(name => [
              node,
              name,
              'Running',
              'OK',
              '1m0s ago',
              'Health check successful',
            ]),
          ],
          3,
        ),
      )
      return 0
    },
  },
  health: {
    failure: '',
    run(mac, io, machine) {
      io.err(
        `discovered nodes: ["${machine.node}"]\nwaiting for etcd to be healthy: OK\nwaiting for kubelet to be healthy: OK\n`,
      )
      if (mac.cluster.apiState(machine) === 'serving') {
        io.err('waiting for all k8s nodes to report ready: OK\n')
        return 0
      }
      io.err(
        "waiting for all k8s nodes to report: can't get node: connect: connection refused\nhealthcheck error: rpc error: code = DeadlineExceeded desc = context deadline exceeded\n",
      )
      return 1
    },
  },
  kubeconfig: { failure: 'error fetching kubeconfig: ', run: kubeconfig },
}

/**
 * Writes or merges the cluster's admin context and makes it current. The server is the host port on
 * which the API server
 * is published at this moment.
 * Assumption: the real program writes the endpoint of the machine config; joelclaw's is kept equal
 * to that port.
 */
function kubeconfig(mac: Mac, io: Io, machine: Machine, _node: string, parsed: Arguments): number {
  const path = parsed.words[1] ?? defaultPath(mac)
  const force = parsed.flags.has('--force') || parsed.flags.has('-f')
  const container = mac.containers.find(one => one.machine === machine)
  const port = container?.ports.find(live => live.container === apiPort)?.host ?? apiPort
  const config = readKubeconfig(mac, path)
  const name = mac.seed.talos.cluster
  // Without --force a taken name is left alone and the new entry gets a number. @source Talos
  // default, kubeconfig merge
  const free = (wanted: string, list: readonly { name: string }[], what: string): string => {
    if (force || !list.some(one => one.name === wanted)) return wanted
    let number = 1
    while (list.some(one => one.name === `${wanted}-${number}`)) number += 1
    io.out(`renamed ${what} "${wanted}" -> "${wanted}-${number}"\n`)
    return `${wanted}-${number}`
  }
  const cluster = free(name, config.clusters, 'cluster')
  const user = free(`admin@${name}`, config.users, 'auth')
  const context =
    parsed.flags.get('--force-context-name') ?? free(`admin@${name}`, config.contexts, 'context')
  const base64 = (text: string): string => Buffer.from(text).toString('base64')
  put(config.clusters, {
    name: cluster,
    cluster: {
      'certificate-authority-data': base64(mac.seed.tls.ca),
      server: `https://127.0.0.1:${port}`,
    },
  })
  put(config.users, {
    name: user,
    user: {
      'client-certificate-data': base64(mac.seed.tls.cert),
      'client-key-data': base64(mac.seed.tls.key),
    },
  })
  put(config.contexts, { name: context, context: { cluster, namespace: 'default', user } })
  writeKubeconfig(mac, path, { ...config, 'current-context': context })
  return 0
}
