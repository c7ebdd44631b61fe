// busybox acts as the application that its command starts.
import { describe, expect, test } from 'vitest'
import { ask, entryFor, type AppState } from './apps.ts'
import { sandboxApps } from './catalogue-sandbox.ts'

const script = (trap: string): readonly string[] => [
  'sh',
  '-c',
  `mkdir -p /tmp/www && echo '{"ok":true,"service":"feed"}' > /tmp/www/health\n${trap}` +
    'httpd -f -p 8080 -h /tmp/www & wait',
]
const up: AppState = {
  ready: true,
  hung: false,
  dataPathStuck: false,
  answers503: false,
  startedAt: 0,
}
const get = (path: string) =>
  ask(entryFor(sandboxApps, 'busybox:1.37', script("trap 'exit 0' TERM\n")), up, false, 8080, {
    kind: 'http',
    path,
  })

describe('busybox', () => {
  test('serves the file that its script writes', () => {
    expect([get('/health'), get('/nope')]).toEqual([
      { kind: 'answer', status: 200, body: '{"ok":true,"service":"feed"}\n', ms: 2 },
      { kind: 'answer', status: 404, body: '404 Not Found', ms: 2 },
    ])
  })

  test('obeys SIGTERM if its script traps it', () => {
    const stops = (trap: string) => entryFor(sandboxApps, 'busybox:1.37', script(trap)).stops
    expect([stops("trap 'exit 0' TERM\n"), stops('')]).toEqual([{ ms: [0, 20], code: 0 }, 'killed'])
  })

  test('is a shell otherwise, with its own programs only', () => {
    const { comm, ports, programs = [] } = entryFor(sandboxApps, 'busybox:1.37', ['sleep', '3600'])
    expect([comm, ports, programs.includes('wget'), programs.includes('curl')]).toEqual([
      'sh',
      {},
      true,
      false,
    ])
  })
})
