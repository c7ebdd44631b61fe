// The port table: which port of the Mac leads to which NodePort, and which answer identifies each
// application.
import type { PolicyInput } from '#src/model/index.ts'

type Port = PolicyInput['ports'][number]

/** The same number on the host, in the container and as NodePort. */
const straight = (number: number) => ({ host: number, container: number, nodePort: number })

/**
 * @source k8s skill, first vintage, Services and Quick Health Check; later vintage, Services
 * (AIStor)
 */
export const ports: readonly Port[] = [
  {
    name: 'redis',
    namespace: 'joelclaw',
    service: 'redis',
    ...straight(6379),
    answers: { by: 'tcp', send: 'PING\r\n', contains: 'PONG' },
  },
  {
    name: 'typesense',
    namespace: 'joelclaw',
    service: 'typesense',
    ...straight(8108),
    answers: { by: 'http', path: '/health', json: { ok: true } },
  },
  {
    name: 'inngest',
    namespace: 'joelclaw',
    service: 'inngest-svc',
    ...straight(8288),
    answers: { by: 'http', path: '/health', json: { status: 200 } },
  },
  // The gateway of Inngest's connect protocol answers only a signed upgrade, so an outside check
  // can judge only the connection. The same process serves 8288, which is checked by content.
  {
    name: 'inngest-ws',
    namespace: 'joelclaw',
    service: 'inngest-svc',
    ...straight(8289),
    answers: { by: 'tcp' },
  },
  {
    name: 'system-bus-worker',
    namespace: 'joelclaw',
    service: 'system-bus-worker',
    ...straight(3111),
    answers: { by: 'http', path: '/api/inngest' },
  },
  {
    name: 'livekit',
    namespace: 'joelclaw',
    service: 'livekit-server',
    ...straight(7880),
    answers: { by: 'http', path: '/', contains: 'OK' },
  },
  // WebRTC over TCP: the server waits for the first packet of its client and drops unknown ones, so
  // the check can judge only the connection. The check of 7880 identifies LiveKit.
  {
    name: 'livekit-rtc',
    namespace: 'joelclaw',
    service: 'livekit-server',
    ...straight(7881),
    answers: { by: 'tcp' },
  },
  // Asymmetric: the NodePort follows the container side, not the host side.
  {
    name: 'pds',
    namespace: 'joelclaw',
    service: 'bluesky-pds',
    host: 9627,
    container: 3000,
    nodePort: 3000,
    answers: { by: 'http', path: '/xrpc/_health', has: ['version'] },
  },
  // Without credentials S3 answers with its own error code, which no other service's 403 contains.
  {
    name: 'aistor-s3',
    namespace: 'aistor',
    service: 'aistor-s3-api',
    ...straight(31000),
    answers: { by: 'http', path: '/', tls: true, status: 403, contains: 'AccessDenied' },
  },
  {
    name: 'aistor-console',
    namespace: 'aistor',
    service: 'aistor-s3-console',
    ...straight(31001),
    answers: { by: 'http', path: '/', tls: true, contains: 'html' },
  },
]
