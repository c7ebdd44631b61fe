// `talosctl`: its config, and calls to the Talos API of a node along the same route as all others.
import { apid, talosctl as times } from '#lab/host/delays.ts'
import { now, type Io, type Mac, type Program } from '#lab/host/mac.ts'
import { apiAt, talosPort } from '#lab/host/route.ts'
import { aligned } from '#lab/host/table.ts'
import type { Work } from '#lab/host/work.ts'
import type { Machine } from '#lab/kernel/world.ts'
import { actions, services } from './actions.ts'
import { parse, type Arguments } from './arguments.ts'
import { configure, readConfig } from './config.ts'
import { kubeconfig } from './kubeconfig.ts'

const build = (version: string, osArch: string): string =>
  `\tTag:         ${version}\n\tSHA:         undefined\n\tBuilt:       \n` +
  `\tGo version:  go1.25.6\n\tOS/Arch:     ${osArch}\n`

export const talosctl: Program = function* talosctl(mac, args, io) {
  const parsed = parse(mac, args)
  const [command = '', verb = ''] = parsed.words
  yield times.local
  if (command === 'config') return configure(mac, io, verb, parsed)
  if (command === 'version') {
    const { version } = mac.seed.talos
    const short = parsed.flags.has('--short')
    io.out(`Client:\n${short ? `Talos ${version}\n` : build(version, 'darwin/arm64')}`)
    if (parsed.flags.has('--client')) return 0
    io.out('Server:\n')
  }
  const call = calls[command]
  if (call === undefined) {
    io.err(`unknown command "${command}" for "talosctl"\n`)
    return 1
  }
  return yield* callNode(mac, io, call, parsed)
}

function* callNode(mac: Mac, io: Io, call: Call, parsed: Arguments): Work<number> {
  const config = readConfig(mac, parsed.config)
  const context = config.contexts[parsed.flags.get('--context') ?? config.context]
  const endpoints = parsed.endpoints.length > 0 ? parsed.endpoints : (context?.endpoints ?? [])
  const nodes = parsed.nodes.length > 0 ? parsed.nodes : (context?.nodes ?? [])
  if (endpoints.length === 0) {
    io.err('error constructing client: failed to determine endpoints\n')
    return 1
  }
  const dialed = yield* dialEndpoints(mac, endpoints)
  if ('error' in dialed) {
    // `health` and `get` print the error alone. @source measured with talosctl v1.9.0
    io.err(
      `${call.failure}rpc error: code = Unavailable desc = connection error: ` +
        `desc = "transport: ${dialed.error}"\n`,
    )
    return 1
  }
  yield times.call
  return call.run(mac, io, dialed.machine, nodes[0] ?? '127.0.0.1', parsed)
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
    if (way.kind === 'open' && way.service === 'talos' && apidIsUp(mac, way.machine))
      return { machine: way.machine }
    if (way.kind === 'silent' || (way.kind === 'open' && way.machine.state === 'paused')) {
      yield times.handshake - times.local
      error = 'authentication handshake failed: context deadline exceeded'
    } else if (way.kind === 'refused')
      error = `Error while dialing: dial tcp ${host}:${number}: connect: connection refused`
    else error = 'authentication handshake failed: EOF'
  }
  return { error }
}

const apidIsUp = (mac: Mac, machine: Machine): boolean =>
  machine.state === 'running' && now(mac) - machine.startedAt >= apid

interface Call {
  /** Begins the error text of a call that does not get through. */
  failure: string
  run(mac: Mac, io: Io, machine: Machine, node: string, parsed: Arguments): number
}

const calls: Record<string, Call> = {
  version: {
    failure: 'error getting version: ',
    run(mac, io, _machine, node) {
      io.out(`\tNODE:        ${node}\n${build(mac.seed.talos.version, 'linux/arm64')}`)
      io.out('\tEnabled:     RBAC\n')
      return 0
    },
  },
  services: {
    failure: 'error listing services: ',
    run(_mac, io, _machine, node) {
      io.out(servicesTable(node))
      return 0
    },
  },
  health: { failure: '', run: health },
  kubeconfig: { failure: 'error copying: ', run: kubeconfig },
  ...actions,
}

function servicesTable(node: string): string {
  const head = ['NODE', 'SERVICE', 'STATE', 'HEALTH', 'LAST CHANGE', 'LAST EVENT']
  const rows = services.map(name => [
    node,
    name,
    'Running',
    'OK',
    '1m0s ago',
    'Health check successful',
  ])
  return aligned([head, ...rows], 3)
}

function health(mac: Mac, io: Io, machine: Machine): number {
  io.err(
    `discovered nodes: ["${machine.node}"]\n` +
      'waiting for etcd to be healthy: OK\n' +
      'waiting for kubelet to be healthy: OK\n',
  )
  if (mac.cluster.apiState(machine) === 'serving') {
    io.err('waiting for all k8s nodes to report ready: OK\n')
    return 0
  }
  io.err(
    "waiting for all k8s nodes to report: can't get node: connect: connection refused\n" +
      'healthcheck error: rpc error: code = DeadlineExceeded desc = context deadline exceeded\n',
  )
  return 1
}
