// Loads client-node on first use, because that takes 0.3 s, and makes it use the connections of the
// runtime.
import { createRequire } from 'node:module'
import { posix } from 'node:path'
import type { KubeConfig } from '@kubernetes/client-node'
import type { Dispatcher } from 'undici'
import { withoutUndefined } from '#src/model/json.ts'
import type { Runtime, Tls } from '#src/model/runtime.ts'

type ClientNode = typeof import('@kubernetes/client-node')
const load = createRequire(import.meta.url)
let loaded: ClientNode | undefined

/**
 * The Kubernetes client library. It is loaded synchronously: virtual time passes while code waits,
 * and a wait for the disk would look like an API server that does not answer.
 */
export const clientNode = (): ClientNode =>
  (loaded ??= load('@kubernetes/client-node') as ClientNode)

let connecting: typeof import('undici') | undefined

/** The HTTP client, loaded like client-node. Judging files and listing clauses need neither. */
export const undici = (): typeof import('undici') =>
  (connecting ??= load('undici') as typeof import('undici'))

let reading: typeof import('yaml') | undefined

/** The YAML library, loaded like client-node. Most starts read no kubeconfig. */
export const yaml = (): typeof import('yaml') => (reading ??= load('yaml') as typeof import('yaml'))

/** Parses a kubeconfig with client-node. Relative paths in it start at its own folder. */
export function parseKubeconfig(path: string, text: string): KubeConfig {
  const { KubeConfig } = clientNode()
  const config = new KubeConfig()
  try {
    config.loadFromString(text)
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    const [firstLine = ''] = text.split('\n')
    throw new Error(`${path} is not a kubeconfig: ${firstLine}`, { cause: error })
  }
  config.makePathsAbsolute(posix.dirname(path))
  return config
}

/** PEM material as text. client-node passes text or bytes. */
function pem(material: unknown): string | undefined {
  if (material === undefined || material === null) return undefined
  if (typeof material === 'string') return material
  return Buffer.isBuffer(material) ? material.toString('utf8') : undefined
}

function tlsOf(options: Record<string, unknown>): Tls {
  const { servername: serverName } = options
  return {
    verify: options['rejectUnauthorized'] !== false,
    ...withoutUndefined({
      ca: pem(options['ca']),
      cert: pem(options['cert']),
      key: pem(options['key']),
      serverName: typeof serverName === 'string' ? serverName : undefined,
    }),
  }
}

/**
 * Makes every request of this configuration, watches included, use the connections of the runtime:
 * one pool for the same TLS material, where client-node would open a new one each time. The method
 * that it replaces is private in the types only.
 */
export function bindToRuntime(config: KubeConfig, runtime: Runtime): void {
  Reflect.set(config, 'createDispatcher', (_cluster: unknown, options: Record<string, unknown>) =>
    runtime.dispatcher(tlsOf(options)),
  )
}

/**
 * Replaces the paths of certificate files in a configuration by their content, read through the
 * runtime. Resolves with whether there were any.
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
  // Both are plain data of client-node, which reads a file only if one is named.
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
