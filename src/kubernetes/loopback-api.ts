// An API server on the loopback interface that answers as a test wants, and a client that is
// connected to it.
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openKube } from './client.ts'
import { scripted } from '#tests/runtime/scripted.ts'

/** Three contexts: of another cluster, of the given server, and of a cluster that is missing. */
export const kubeconfig = (server: string): string => `
apiVersion: v1
kind: Config
current-context: admin@joelclaw
clusters:
- name: joelclaw
  cluster: { server: "${server}", certificate-authority-data: Q0E= }
- name: old
  cluster: { server: "https://127.0.0.1:63324", insecure-skip-tls-verify: true }
users:
- name: admin
  user: { token: secret }
- name: cert
  user: { client-certificate-data: Q0VSVA==, client-key-data: S0VZ }
contexts:
- name: admin@joelclaw
  context: { cluster: old, user: cert }
- name: admin@joelclaw-1
  context: { cluster: joelclaw, user: admin }
- name: lost
  context: { cluster: gone, user: admin }
`

const closing: (() => unknown)[] = []

/** Closes everything that the tests opened: for afterEach. */
export async function closeAll(): Promise<void> {
  for (const close of closing.splice(0)) await close()
}

/** Serves with a listener and connects a client. `stop` ends the server at once. */
export async function serving(
  listener: RequestListener,
  options: { deadline?: number; signal?: AbortSignal } = {},
) {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    listener(request, response)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const { call, wake, close } = scripted(
    { files: { '~/.kube/config': kubeconfig(`http://127.0.0.1:${port}`) } },
    options,
  )
  const stop = (): Promise<void> =>
    new Promise(done => {
      server.close(() => done())
      server.closeAllConnections()
    })
  closing.push(close, stop)
  const target = { kubeconfig: '~/.kube/config', contexts: ['admin@joelclaw-1'] }
  return { seen, port, stop, call, wake, target, kube: await openKube(call, target) }
}

export const send = (response: ServerResponse, status: number, body: unknown): void => {
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(typeof body === 'string' ? body : JSON.stringify(body))
}

/** A pod as the API sends it. */
export const pod = (name: string) => ({
  metadata: {
    name,
    namespace: 'joelclaw',
    uid: `uid-${name}`,
    managedFields: [{ manager: 'kubelet' }],
  },
  spec: { containers: [] },
})
