// The way to client-node: loaded once and only when a cluster is asked (it costs 0.3 s), and bound
// to the reach's connections.
import { createRequire } from 'node:module'
import { posix } from 'node:path'
import type { KubeConfig } from '@kubernetes/client-node'
import type { Dispatcher } from 'undici'
import type { Runtime, Tls } from '#src/model/runtime.ts'

type ClientNode = typeof import('@kubernetes/client-node')
const load = createRequire(import.meta.url)
let loaded: ClientNode | undefined

/**
 * The Kubernetes client library. Loaded in one piece, without a turn of the event loop in between:
 * virtual time passes
 * while somebody waits, and a wait for the disk would look like an API server that does not answer.
 */
export const clientNode = (): ClientNode =>
  (loaded ??= load('@kubernetes/client-node') as ClientNode)

let connecting: typeof import('undici') | undefined

/** The HTTP client, loaded like client-node: judging files and listing clauses need neither. */
export const undici = (): typeof import('undici') =>
  (connecting ??= load('undici') as typeof import('undici'))

let reading: typeof import('yaml') | undefined

/** The YAML library, loaded like client-node: most starts read no kubeconfig. */
export const yaml = (): typeof import('yaml') => (reading ??= load('yaml') as typeof import('yaml'))

/**
 * A kubeconfig's text as client-node sees it. Relative paths in it are taken from its own folder.
 */
export function parseKubeconfig(path: string, text: string): KubeConfig {
  const { KubeConfig } = clientNode()
  const config = new KubeConfig()
  try {
    config.loadFromString(text)
  } catch (error) {
    throw new Error(
      `${path} is not a kubeconfig: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`,
      { cause: error },
    )
  }
  config.makePathsAbsolute(posix.dirname(path))
  return config
}

/** PEM material arrives as text or bytes, alone or in a list. */
function pem(material: unknown): string | undefined {
  if (material === undefined || material === null) return undefined
  if (typeof material === 'string') return material
  return Buffer.isBuffer(material) ? material.toString('utf8') : undefined
}

function tlsOf(options: Record<string, unknown>): Tls {
  const [ca, cert, key] = [pem(options['ca']), pem(options['cert']), pem(options['key'])]
  const serverName = options['servername']
  return {
    verify: options['rejectUnauthorized'] !== false,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(typeof serverName === 'string' ? { serverName } : {}),
  }
}

/**
 * Makes every request of this configuration, watches included, use the reach's connections: one
 * pool for the same TLS
 * material, where client-node would open a new one each time. The method is private in its types
 * only.
 */
export function bindToReach(config: KubeConfig, runtime: Runtime): void {
  Reflect.set(config, 'createDispatcher', (_cluster: unknown, options: Record<string, unknown>) =>
    runtime.dispatcher(tlsOf(options)),
  )
}

/**
 * Brings certificates that the kubeconfig keeps in files into it, read through the reach. Resolves
 * with whether there were any.
 */
export async function inlineFiles(config: KubeConfig, runtime: Runtime): Promise<boolean> {
  const cluster = config.getCurrentCluster()
  const user = config.getCurrentUser()
  let found = false
  const read = async (path: string): Promise<string> => {
    found = true
    const text = await runtime.files.read(path)
    if (text === undefined) throw new Error(`the kubeconfig refers to ${path}, which is not there`)
    return Buffer.from(text).toString('base64')
  }
  // Both are plain data of client-node, which reads the file only where one is named.
  if (cluster?.caFile !== undefined)
    Object.assign(cluster, { caData: await read(cluster.caFile), caFile: undefined })
  if (user?.certFile !== undefined)
    Object.assign(user, { certData: await read(user.certFile), certFile: undefined })
  if (user?.keyFile !== undefined)
    Object.assign(user, { keyData: await read(user.keyFile), keyFile: undefined })
  return found
}

/** Headers and connections for one request, credentials included. */
export async function authorised(
  config: KubeConfig,
  url: string,
): Promise<{ headers: Record<string, string>; dispatcher: Dispatcher | undefined }> {
  const { RequestContext, HttpMethod } = clientNode()
  const context = new RequestContext(url, HttpMethod.GET)
  await config.applySecurityAuthentication(context)
  return { headers: context.getHeaders(), dispatcher: context.getDispatcher() }
}
