// `kubectl config`, and the two commands that repair a node: uncordon, and taint with a minus.
import type { KubeObject } from '#src/model/kube.ts'
import { kubectl as takes } from '#lab/host/delays.ts'
import type { Io, Mac, Program } from '#lab/host/mac.ts'
import { parse, type Flags } from './arguments.ts'
import { defaultPath, put, readKubeconfig, writeKubeconfig, type Kubeconfig } from './kubeconfig.ts'
import { getContexts, view } from './view.ts'

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
  try {
    return configure(mac, io, { verb, name, flags })
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

/** A verb of `kubectl config`, the name after it, and the flags. */
interface Asked {
  verb: string
  name: string
  flags: Flags
}

/** Runs a verb of `kubectl config`. Throws kubectl's error. */
function configure(mac: Mac, io: Io, { verb, name, flags }: Asked): number {
  const path = flags.get('--kubeconfig') ?? defaultPath(mac)
  const config = readKubeconfig(mac, path)
  switch (verb) {
    case 'get-contexts':
      return getContexts(io, config, name, flags.get('-o') ?? flags.get('--output'))
    case 'current-context':
      if (config['current-context'] === '') throw new Error('current-context is not set')
      io.out(`${config['current-context']}\n`)
      return 0
    case 'view':
      return view(io, config, flags)
    case 'use-context':
      useContext(mac, path, config, name)
      io.out(`Switched to context "${name}".\n`)
      return 0
    case 'set-cluster':
      setCluster(config, name, flags)
      writeKubeconfig(mac, path, config)
      io.out(`Cluster "${name}" set.\n`)
      return 0
    case 'delete-context':
      deleteContext(mac, path, config, name)
      io.out(`deleted context ${name} from ${mac.disk.resolve(path)}\n`)
      return 0
    default:
      throw new Error(`unknown command "config ${verb}"`)
  }
}

function useContext(mac: Mac, path: string, config: Kubeconfig, name: string): void {
  if (!config.contexts.some(context => context.name === name))
    throw new Error(`no context exists with the name: "${name}"`)
  writeKubeconfig(mac, path, { ...config, 'current-context': name })
}

function setCluster(config: Kubeconfig, name: string, flags: Flags): void {
  const cluster = { ...config.clusters.find(one => one.name === name)?.cluster }
  const server = flags.get('--server')
  const insecure = flags.get('--insecure-skip-tls-verify')
  if (server !== undefined) cluster.server = server
  if (insecure !== undefined) cluster['insecure-skip-tls-verify'] = insecure === 'true'
  put(config.clusters, { name, cluster })
}

function deleteContext(mac: Mac, path: string, config: Kubeconfig, name: string): void {
  const contexts = config.contexts.filter(context => context.name !== name)
  if (contexts.length === config.contexts.length)
    throw new Error(`cannot delete context ${name}, not in ${mac.disk.resolve(path)}`)
  writeKubeconfig(mac, path, { ...config, contexts })
}
