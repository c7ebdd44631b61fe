// What joelclaw's applications answer, warm and cold.
import { describe, expect, test } from 'vitest'
import type { AppState } from './apps.ts'
import { ask, entryFor, fullImage, repository } from './apps.ts'
import { joelclawApps } from './catalogue.ts'
import { readScript } from '#lab/node/containers/shell.ts'

const warm: AppState = {
  ready: true,
  hung: false,
  dataPathStuck: false,
  answers503: false,
  startedAt: 0,
}

function answers(image: string, port: number, path: string, state: AppState = warm): string {
  const answer = ask(entryFor(joelclawApps, image), state, false, port, { kind: 'http', path })
  return answer.kind === 'answer' ? `${answer.status} ${answer.body}` : answer.kind
}

describe('an application of the catalogue', () => {
  test.each([
    ['typesense/typesense:30.1', 8108, '/health', '200 {"ok":true}'],
    [
      'typesense/typesense:30.1',
      8108,
      '/collections',
      '401 {"message": "Forbidden - a valid `x-typesense-api-key` header must be sent."}',
    ],
    ['inngest/inngest', 8288, '/health', '200 {"status":200,"message":"OK"}'],
    ['inngest/inngest', 8289, '/', '426 Upgrade Required'],
    [
      'ghcr.io/joelhooks/system-bus-worker:a6b4336b',
      3111,
      '/',
      '200 {"service":"system-bus-worker","status":"running"}',
    ],
    ['livekit/livekit-server:v1.9.0', 7880, '/', '200 OK'],
    ['ghcr.io/bluesky-social/pds:0.4.204', 3000, '/xrpc/_health', '200 {"version":"0.4.204"}'],
    ['dkron/dkron:latest', 8080, '/health', '200 {"agent":{"name":"dkron-0"},"status":"ok"}'],
    ['registry.k8s.io/coredns/coredns:v1.13.1', 8181, '/ready', '200 OK'],
    ['docker.io/library/serve:1', 3111, '/anything', '200 {"ok":true,"status":200}'],
    ['minio/minio:latest', 9000, '/minio/health/live', '200 '],
    ['never/heard:of', 8080, '/', '200 {"ok":true}'],
  ])('%s on %i answers %s with %s', (image, port, path, expected) => {
    expect(answers(image, port, path)).toBe(expected)
  })

  test('S3 denies requests without credentials', () => {
    expect(answers('quay.io/minio/aistor/minio:latest', 9000, '/')).toContain(
      '<Code>AccessDenied</Code>',
    )
  })

  test('Redis answers PING', () => {
    expect(
      ask(entryFor(joelclawApps, 'redis:7-alpine'), warm, false, 6379, {
        kind: 'tcp',
        send: 'PING\r\n',
      }),
    ).toEqual({ kind: 'answer', status: 0, body: '+PONG\r\n', ms: 1 })
  })

  test('Typesense answers 503 during its warm-up; the others do not listen yet', () => {
    const cold = { ...warm, ready: false }
    expect([
      answers('typesense/typesense:30.1', 8108, '/health', cold),
      answers('inngest/inngest', 8288, '/health', cold),
    ]).toEqual(['503 {"ok":false}', 'refused'])
  })

  test('answers 503, hangs, or answers its health path only, depending on its state', () => {
    const typesense = 'typesense/typesense:30.1'
    expect([
      answers(typesense, 8108, '/health', { ...warm, answers503: true }),
      answers(typesense, 8108, '/health', { ...warm, hung: true }),
      answers(typesense, 8108, '/health', { ...warm, dataPathStuck: true }),
      answers(typesense, 8108, '/collections', { ...warm, dataPathStuck: true }),
    ]).toEqual(['503 {"ok":false}', 'silent', '200 {"ok":true}', 'silent'])
  })
})

test('image names are parsed as containerd parses them', () => {
  expect(
    [
      'redis:7-alpine',
      'docker.io/library/redis',
      'ghcr.io/a/b@sha256:0',
      'localhost:5000/x/y:1',
    ].map(image => [repository(image), fullImage(image)]),
  ).toEqual([
    ['redis', 'docker.io/library/redis:7-alpine'],
    ['redis', 'docker.io/library/redis:latest'],
    ['ghcr.io/a/b', 'ghcr.io/a/b@sha256:0'],
    ['localhost:5000/x/y', 'localhost:5000/x/y:1'],
  ])
})

test('shell commands run as long as they sleep, and end with their exit code', () => {
  const read = (...command: string[]): unknown =>
    readScript({ name: 'x', image: 'busybox', command })
  expect([
    read('sh', '-c', 'sleep 1.5; sleep 2m; exit 3'),
    read('sleep', 'infinity'),
    read('sh', '-c', 'echo "hello there"; false'),
    read(),
  ]).toEqual([
    { runsMs: 121_500, code: 3, output: '' },
    { runsMs: undefined, code: 0, output: '' },
    { runsMs: 0, code: 1, output: 'hello there' },
    { runsMs: 0, code: 0, output: '' },
  ])
})
