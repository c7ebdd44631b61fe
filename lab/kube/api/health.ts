// The health endpoints of the API server.

/** @source measured on a v1.35 node, `/readyz?verbose`: a selection of its checks */
const checks = [
  'ping',
  'log',
  'etcd',
  'informer-sync',
  'poststarthook/start-apiserver-admission-initializer',
  'poststarthook/generic-apiserver-start-informers',
  'poststarthook/rbac/bootstrap-roles',
  'shutdown',
]

/** `ok`, or one line per check with `?verbose`. Undefined for all other paths. */
export function health(path: string, query: URLSearchParams): string | undefined {
  const [, end, check, ...rest] = path.split('/')
  if (end !== 'healthz' && end !== 'livez' && end !== 'readyz') return undefined
  if (check !== undefined && check !== '')
    return checks.includes([check, ...rest].join('/')) ? 'ok' : undefined
  if (!query.has('verbose')) return 'ok'
  const own = checks.filter(
    name => end === 'readyz' || (name !== 'informer-sync' && name !== 'shutdown'),
  )
  return [...own.map(name => `[+]${name} ok`), `${end} check passed`, ''].join('\n')
}
