// Most kubeconfigs contain everything that a connection needs. They are read without the client
// library, because loading it takes a third of a whole check.
import type { KubeConfig } from '@kubernetes/client-node'
import { z } from 'zod'
import { withoutUndefined } from '#src/model/json.ts'
import type { Tls } from '#src/model/runtime.ts'
import { yaml } from './client-node.ts'

/** The content of a kubeconfig, in the types of the client library. */
export type Written = Pick<KubeConfig, 'clusters' | 'contexts' | 'users' | 'currentContext'>

const name = z.string().min(1)
const base64 = z.string().regex(/^[A-Za-z0-9+/\s]*={0,2}\s*$/)

/** The members that the code below reads. A file with any other goes to the client library. */
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
 * The content of a kubeconfig. Undefined if it needs more than reading: plugins, files, proxies,
 * passwords, or if it has mistakes.
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
      ...withoutUndefined({
        caData: cluster['certificate-authority-data'],
        tlsServerName: cluster['tls-server-name'],
      }),
    })),
    contexts: contexts.map(({ name: called, context }) => ({
      name: called,
      cluster: context.cluster,
      user: context.user,
      ...withoutUndefined({ namespace: context.namespace }),
    })),
    users: users.map(({ name: called, user }) => ({
      name: called,
      ...withoutUndefined({
        certData: user['client-certificate-data'],
        keyData: user['client-key-data'],
        token: user.token,
      }),
    })),
    // The types require it, but it is absent if the file does not set it.
    currentContext: current ?? '',
  }
}

/** The server of a context, and the TLS material and headers that identify the user there. */
export interface PlainConnection {
  server: string
  tls: Tls
  headers: Readonly<Record<string, string>>
}

const pem = (data: string | undefined): string | undefined =>
  data === undefined ? undefined : Buffer.from(data, 'base64').toString('utf8')

/** The connection of a context. Undefined if its cluster or its user is missing. */
export function plainConnection(
  { clusters, contexts, users }: Written,
  context: string,
): PlainConnection | undefined {
  const chosen = contexts.find(one => one.name === context)
  const cluster = clusters.find(one => one.name === chosen?.cluster)
  const user = users.find(one => one.name === chosen?.user)
  if (cluster === undefined || user === undefined) return undefined
  return {
    server: cluster.server,
    tls: {
      verify: !cluster.skipTLSVerify,
      ...withoutUndefined({
        ca: pem(cluster.caData),
        cert: pem(user.certData),
        key: pem(user.keyData),
        serverName: cluster.tlsServerName,
      }),
    },
    headers: user.token === undefined ? {} : { Authorization: `Bearer ${user.token}` },
  }
}
