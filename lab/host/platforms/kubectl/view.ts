// What `kubectl config` prints about a kubeconfig.
import type { Io } from '#lab/host/mac.ts'
import { aligned } from '#lab/host/table.ts'
import type { Flags } from './arguments.ts'
import type { Kubeconfig } from './kubeconfig.ts'

export function getContexts(
  io: Io,
  config: Kubeconfig,
  name: string,
  output: string | undefined,
): number {
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
 * `view --minify -o jsonpath=…` for common paths: the server, and the name of the cluster or
 * context. Throws kubectl's error for a context that does not exist.
 */
export function view(io: Io, config: Kubeconfig, flags: Flags): number {
  const shown = flags.has('--minify') ? minified(config, flags.get('--context')) : config
  const output = flags.get('-o') ?? flags.get('--output') ?? 'yaml'
  io.out(
    output.startsWith('jsonpath=')
      ? output
          .slice('jsonpath='.length)
          .replace(/^'(.*)'$/, '$1')
          .replaceAll(/\{([^}]*)\}/g, (_, path: string) => jsonPath(shown, path))
      : `${JSON.stringify(hidden(shown), null, 4)}\n`,
  )
  return 0
}

/** Keeps only one context, with its cluster and its user. */
function minified(config: Kubeconfig, asked: string | undefined): Kubeconfig {
  const wanted = asked ?? config['current-context']
  const context = config.contexts.find(one => one.name === wanted)
  if (context === undefined)
    throw new Error(
      wanted === ''
        ? 'current-context must exist in order to minify'
        : `cannot locate context ${wanted}`,
    )
  return {
    ...config,
    'current-context': wanted,
    contexts: [context],
    clusters: config.clusters.filter(cluster => cluster.name === context.context.cluster),
    users: config.users.filter(user => user.name === context.context.user),
  }
}

function jsonPath(value: unknown, path: string): string {
  let current = value
  for (const part of path.match(/\[(\d+)\]|[\w-]+/g) ?? []) {
    const key = part.startsWith('[') ? Number(part.slice(1, -1)) : part
    current =
      current !== null && typeof current === 'object' ? Reflect.get(current, key) : undefined
  }
  if (current === undefined) return ''
  return typeof current === 'string' ? current : JSON.stringify(current)
}

/** Without --raw kubectl hides certificates and keys. */
function hidden(config: Kubeconfig): Kubeconfig {
  const hide = (members: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(members).map(([key, value]) => [key, shownAs(key, value)]))
  return {
    ...config,
    clusters: config.clusters.map(one => ({ ...one, cluster: hide(one.cluster) })),
    users: config.users.map(one => ({ ...one, user: hide(one.user) })),
  }
}

function shownAs(key: string, value: unknown): unknown {
  if (key === 'client-key-data') return 'REDACTED'
  return key.endsWith('-data') ? 'DATA+OMITTED' : value
}
