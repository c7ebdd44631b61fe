// The applications of the joelclaw cluster and of the node itself. Warm-up times and memory are
// assumed, not measured, unless a source is given. The budgets of the probes bound them from above.
import type { AppCatalogue, AppEntry, Handler } from './apps.ts'
import { http, whenReady } from './apps.ts'

const get = (body: string, status = 200): Handler =>
  whenReady(request => (request.kind === 'http' ? http(status, body) : http(0, '')))

/** Answers these paths with their bodies, and all others with 404. */
const paths = (bodies: Readonly<Record<string, string>>): Handler =>
  whenReady(request => {
    if (request.kind !== 'http') return http(0, '')
    const body = bodies[(request.path ?? '/').split('?')[0] ?? '/']
    return body === undefined ? http(404, '404 page not found') : http(200, body)
  })

const accepts: Handler = whenReady(() => http(0, ''))

const redis: AppEntry = {
  comm: 'redis-server',
  warmUp: [120, 400],
  memoryMiB: 40,
  // It writes RDB and AOF before it exits.
  stops: { ms: [40, 150], code: 0 },
  ports: {
    6379: whenReady(request =>
      request.kind === 'http'
        ? { kind: 'reset', ms: 1 }
        : http(
            0,
            /^\s*PING\s*$/i.test(request.send ?? 'PING') ? '+PONG\r\n' : '-ERR unknown command\r\n',
            1,
          ),
    ),
  },
}

const accessDenied =
  '<?xml version="1.0" encoding="UTF-8"?>\n' +
  '<Error><Code>AccessDenied</Code><Message>Access Denied.</Message>' +
  '<Resource>/</Resource></Error>'

const s3: AppEntry = {
  comm: 'minio',
  warmUp: [1500, 3500],
  memoryMiB: 400,
  ports: {
    9000: whenReady(request => {
      if (request.kind !== 'http') return http(0, '')
      return /^\/minio\/health\/(?:live|ready|cluster)/.test(request.path ?? '/')
        ? http(200, '')
        : http(403, accessDenied)
    }),
    9001: get(
      '<!doctype html><html lang="en"><head><title>AIStor Console</title></head>' +
        '<body></body></html>',
    ),
  },
}

const operator = (comm: string): AppEntry => ({
  comm,
  warmUp: [500, 1500],
  memoryMiB: 60,
  ports: { 4221: accepts, 8080: get('ok') },
})

/** By image repository. For all other images, see `unknownApp`. */
export const joelclawApps: AppCatalogue = {
  redis,
  'typesense/typesense': {
    comm: 'typesense-server',
    // It loads its collections into memory before it is ready. Large ones take minutes.
    // @source joelclaw history, Typesense reload
    warmUp: [4000, 9000],
    memoryMiB: 1400,
    stops: { ms: [500, 2000], code: 0 },
    unavailable: '{"ok":false}',
    ports: {
      8108: (request, state) => {
        if (request.kind !== 'http') return http(0, '')
        const path = (request.path ?? '/').split('?')[0]
        if (path === '/health')
          return state.ready ? http(200, '{"ok":true}') : http(503, '{"ok":false}')
        // It rejects unauthenticated calls before they reach the pool of query threads.
        return state.ready
          ? http(
              401,
              '{"message": "Forbidden - a valid `x-typesense-api-key` header must be sent."}',
            )
          : http(503, '{"message": "Not Ready or Lagging"}')
      },
    },
  },
  'inngest/inngest': {
    comm: 'inngest',
    warmUp: [1200, 3000],
    memoryMiB: 300,
    ports: {
      8288: paths({
        '/health': '{"status":200,"message":"OK"}',
        '/': '<!doctype html><title>Inngest</title>',
      }),
      // The connect gateway is a websocket server: a plain GET lacks the upgrade, which is 426 (RFC
      // 9110, section 15.5.22).
      8289: whenReady(request =>
        request.kind === 'http' ? http(426, 'Upgrade Required') : http(0, ''),
      ),
    },
  },
  'ghcr.io/joelhooks/system-bus-worker': {
    comm: 'bun',
    warmUp: [1000, 2500],
    memoryMiB: 220,
    stops: { ms: [300, 1500], code: 0 },
    ports: {
      3111: paths({
        '/': '{"service":"system-bus-worker","status":"running"}',
        '/health': '{"ok":true}',
        '/api/inngest':
          '{"message":"Inngest endpoint configured correctly.",' +
          '"hasEventKey":true,"functionCount":110}',
      }),
    },
  },
  'livekit/livekit-server': {
    comm: 'livekit-server',
    // Its startup budget is 120 s.
    // @source k8s skill, LiveKit probes
    warmUp: [800, 2000],
    memoryMiB: 120,
    // @source k8s skill: under hostNetwork the pod-IP probe fails and loops; 127.0.0.1 works
    loopbackProbes: true,
    ports: { 7880: get('OK'), 7881: accepts },
  },
  'ghcr.io/bluesky-social/pds': {
    comm: 'node',
    warmUp: [1500, 4000],
    memoryMiB: 180,
    ports: {
      3000: paths({
        '/xrpc/_health': '{"version":"0.4.204"}',
        '/': 'This is an AT Protocol Personal Data Server (aka, an atproto PDS)',
      }),
    },
  },
  'dkron/dkron': {
    comm: 'dkron',
    // Its startup budget is 5 + 120 s.
    // @source joelclaw manifests, dkron
    warmUp: [3000, 8000],
    memoryMiB: 90,
    ports: {
      8080: paths({ '/health': '{"agent":{"name":"dkron-0"},"status":"ok"}', '/v1/': '{}' }),
      8946: accepts,
      6868: accepts,
    },
  },
  'quay.io/minio/aistor/minio': s3,
  'minio/minio': s3,
  'quay.io/minio/aistor/object-store-operator': operator('operator'),
  'quay.io/minio/aistor/operator': operator('operator'),
  'quay.io/minio/aistor/adminjob-operator': operator('operator'),
  'quay.io/minio/aistor/operator-sidecar': {
    comm: 'sidecar',
    warmUp: [300, 900],
    ports: { 4444: get('ok') },
  },
  'restatedev/restate': restate(),
  'ghcr.io/joelhooks/restate-worker': {
    comm: 'bun',
    warmUp: [1000, 2500],
    memoryMiB: 220,
    ports: { 9080: accepts },
  },
  'ghcr.io/joelhooks/docs-api': {
    comm: 'bun',
    warmUp: [800, 2000],
    memoryMiB: 120,
    ports: { 3838: paths({ '/health': '{"ok":true,"service":"docs-api"}' }) },
  },
  'registry.k8s.io/coredns/coredns': {
    comm: 'coredns',
    warmUp: [300, 900],
    memoryMiB: 30,
    // @source Kubernetes default: kubeadm's Corefile, health with lameduck 5 s
    stops: { ms: [5000, 5200], code: 0 },
    ports: {
      53: accepts,
      8080: get('OK'),
      8181: get('OK'),
      9153: get('# HELP coredns_build_info\n'),
    },
  },
  'coredns/coredns': {
    comm: 'coredns',
    warmUp: [300, 900],
    stops: { ms: [5000, 5200], code: 0 },
    ports: { 53: accepts, 8080: get('OK'), 8181: get('OK') },
  },
  'rancher/local-path-provisioner': {
    comm: 'local-path-prov',
    warmUp: [200, 600],
    memoryMiB: 30,
    ports: {},
  },
  'registry.k8s.io/kube-proxy': {
    comm: 'kube-proxy',
    warmUp: [100, 300],
    memoryMiB: 40,
    role: 'kube-proxy',
    ports: { 10256: get('{"lastUpdated": "","currentTime": ""}') },
  },
  // @source measured on a v1.35 node: flanneld is gone 1.5 s after Killing
  'ghcr.io/flannel-io/flannel': {
    comm: 'flanneld',
    warmUp: [200, 500],
    memoryMiB: 40,
    role: 'flannel',
    stops: { ms: [900, 1300], code: 0 },
    ports: {},
  },
  'ghcr.io/siderolabs/flannel': {
    comm: 'flanneld',
    warmUp: [200, 500],
    memoryMiB: 40,
    role: 'flannel',
    stops: { ms: [900, 1300], code: 0 },
    ports: {},
  },
  'ghcr.io/siderolabs/install-cni': {
    comm: 'sh',
    warmUp: [0, 1],
    ports: {},
    exits: { afterMs: 80, code: 0 },
  },
  // A shell or sleep as PID 1 ignores SIGTERM: SIGKILL ends it after the grace period.
  busybox: { comm: 'sh', warmUp: [0, 1], ports: {}, shell: true, stops: 'killed' },
  // @source measured on a v1.35 node: a Go program without a handler exits 2 on SIGTERM, phase
  // Failed
  serve: {
    comm: 'serve',
    warmUp: [20, 60],
    ports: {},
    stops: { ms: [0, 20], code: 2 },
    unavailable: '{"ok":false,"status":503}',
    anyPort: get('{"ok":true,"status":200}'),
  },
  'registry.k8s.io/pause': { comm: 'pause', warmUp: [0, 1], ports: {} },
}

function restate(): AppEntry {
  return {
    comm: 'restate-server',
    // Its startup budget is 10 + 300 s.
    // @source joelclaw manifests, restate
    warmUp: [3000, 8000],
    memoryMiB: 350,
    ports: {
      8080: whenReady(request =>
        request.kind === 'http' ? http(404, '{"message":"not found"}') : http(0, ''),
      ),
      9070: paths({ '/health': '', '/deployments': '{"deployments":[]}' }),
      9071: get('# TYPE restate_invoker_invocation_tasks_total counter\n'),
    },
  }
}
