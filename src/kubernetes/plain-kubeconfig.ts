// A kubeconfig with everything written in it, as most are: read without the client library, whose
// load takes a third of a whole check.
import type { KubeConfig } from '@kubernetes/client-node'
import { z } from 'zod'
import type { Tls } from '#src/model/runtime.ts'
import { yaml } from './client-node.ts'

/** What a kubeconfig says, in the words of the client library. */
export type Written = Pick<KubeConfig, 'clusters' | 'contexts' | 'users' | 'currentContext'>

const name = z.string().min(1)
const base64 = z.string().regex(/^[A-Za-z0-9+/\s]*={0,2}\s*$/)

/**
 * Nothing but what is taken from it below: whatever else a file says is for the client library to
 * know.
 */
const shape = z.strictObject({
  apiVersion: z.literal('v1').optional(),
  kind: z.literal('Config').optional(),
  preferences: z.unknown().optional(),
  'current-context': z.string().optional(),
  clusters: z.array(
    z.strictObject({
      name,
      cluster: z.strictObject({
        server: name,
        'certificate-authority-data': base64.optional(),
        'insecure-skip-tls-verify': z.boolean().optional(),
        'tls-server-name': name.optional(),
      }),
    }),
  ),
  contexts: z.array(
    z.strictObject({
      name,
      context: z.strictObject({ cluster: name, user: name, namespace: name.optional() }),
    }),
  ),
  users: z.array(
    z.strictObject({
      name,
      user: z.strictObject({
        'client-certificate-data': base64.optional(),
        'client-key-data': base64.optional(),
        token: name.optional(),
      }),
    }),
  ),
})

/**
 * What the text says; undefined where it holds anything that needs more than reading: plugins,
 * files, proxies, passwords, mistakes.
 */
export function plainKubeconfig(text: string): Written | undefined {
  let value: unknown
  try {
    value = yaml().parse(text)
  } catch {
    return undefined
  }
  const read = shape.safeParse(value)
  if (!read.success) return undefined
  const { clusters, contexts, users, 'current-context': current } = read.data
  return {
    clusters: clusters.map(({ name: called, cluster }) => ({
      name: called,
      server: cluster.server.replace(/\/$/, ''),
      skipTLSVerify: cluster['insecure-skip-tls-verify'] === true,
      ...(cluster['certificate-authority-data'] === undefined
        ? {}
        : { caData: cluster['certificate-authority-data'] }),
      ...(cluster['tls-server-name'] === undefined
        ? {}
        : { tlsServerName: cluster['tls-server-name'] }),
    })),
    contexts: contexts.map(({ name: called, context: { cluster, user, namespace } }) => ({
      name: called,
      cluster,
      user,
      ...(namespace === undefined ? {} : { namespace }),
    })),
    users: users.map(({ name: called, user }) => ({
      name: called,
      ...(user['client-certificate-data'] === undefined
        ? {}
        : { certData: user['client-certificate-data'] }),
      ...(user['client-key-data'] === undefined ? {} : { keyData: user['client-key-data'] }),
      ...(user.token === undefined ? {} : { token: user.token }),
    })),
    // Typed as always there, but absent where the file does not set it.
    currentContext: current ?? '',
  }
}

/** How a context leads to its server, and what it says there of who asks. */
export interface PlainWay {
  server: string
  tls: Tls
  headers: Readonly<Record<string, string>>
}

const pem = (data: string): string => Buffer.from(data, 'base64').toString('utf8')

/** The way of a context; undefined where it names a cluster or a user that is not there. */
export function plainWay(
  { clusters, contexts, users }: Written,
  context: string,
): PlainWay | undefined {
  const chosen = contexts.find(one => one.name === context)
  const cluster = clusters.find(one => one.name === chosen?.cluster)
  const user = users.find(one => one.name === chosen?.user)
  if (cluster === undefined || user === undefined) return undefined
  return {
    server: cluster.server,
    tls: {
      verify: !cluster.skipTLSVerify,
      ...(cluster.caData === undefined ? {} : { ca: pem(cluster.caData) }),
      ...(user.certData === undefined ? {} : { cert: pem(user.certData) }),
      ...(user.keyData === undefined ? {} : { key: pem(user.keyData) }),
      ...(cluster.tlsServerName === undefined ? {} : { serverName: cluster.tlsServerName }),
    },
    headers: user.token === undefined ? {} : { Authorization: `Bearer ${user.token}` },
  }
}
