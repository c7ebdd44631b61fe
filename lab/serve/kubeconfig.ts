// Access to a served lab: a kubeconfig with a token, and real certificates instead of the world's
// fake ones.
import { stringify } from 'yaml'
import type { HostSeed } from '#lab/host/index.ts'
import type { Certificates } from './certificates.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** A kubeconfig with one context, `holdfast-lab`. */
export function kubeconfigFor({
  server,
  ca,
  token,
}: {
  server: string
  ca: string
  token: string
}): string {
  const name = 'holdfast-lab'
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': name,
      clusters: [{ name, cluster: { server, 'certificate-authority-data': base64(ca) } }],
      contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
      users: [{ name, user: { token } }],
    },
    { lineWidth: 0 },
  )
}

/** Puts these certificates into the host's files and into what `talosctl kubeconfig` writes. */
export function withCertificates(host: HostSeed, { ca, client }: Certificates): HostSeed {
  const { tls } = host
  const swaps = [
    [tls.ca, ca],
    [tls.cert, client.cert],
    [tls.key, client.key],
  ] as const
  const swapped = (text: string): string =>
    swaps.reduce((made, [from, to]) => made.replaceAll(base64(from), base64(to)), text)
  return {
    ...host,
    tls: { ca, ...client },
    files: Object.fromEntries(
      Object.entries(host.files).map(([path, text]) => [path, swapped(text)]),
    ),
  }
}
