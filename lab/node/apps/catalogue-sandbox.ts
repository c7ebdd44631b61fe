// The applications of the sandbox: those of the node, and busybox, whose command can make it a web
// server.
import { http, whenReady, type AppCatalogue, type AppEntry } from './apps.ts'
import { joelclawApps } from './catalogue.ts'

/** What a command writes to /tmp/www/health for its httpd. */
const healthOf = (script: string): string =>
  /echo '([^']*)' > \/tmp\/www\/health/.exec(script)?.[1] ?? ''

/** The programs of busybox that people call. @source busybox 1.37, --list */
const programs = [
  'sh',
  'ash',
  'awk',
  'basename',
  'cat',
  'chmod',
  'cp',
  'cut',
  'date',
  'dd',
  'df',
  'du',
  'echo',
  'env',
  'expr',
  'false',
  'find',
  'free',
  'grep',
  'head',
  'hostname',
  'httpd',
  'id',
  'ip',
  'kill',
  'ln',
  'ls',
  'mkdir',
  'mount',
  'mv',
  'nc',
  'netstat',
  'nslookup',
  'pgrep',
  'ping',
  'pkill',
  'printenv',
  'ps',
  'pwd',
  'rm',
  'sed',
  'sleep',
  'sort',
  'stat',
  'tail',
  'tar',
  'tee',
  'telnet',
  'test',
  'time',
  'timeout',
  'top',
  'touch',
  'true',
  'uname',
  'uniq',
  'uptime',
  'vi',
  'wc',
  'wget',
  'which',
  'whoami',
  'xargs',
  'yes',
]

/** `sh -c '… httpd -f -p <port> …'`. It obeys SIGTERM if its script traps the signal. */
function httpd(argv: readonly string[]): AppEntry | undefined {
  const script = argv.join('\n')
  const port = /\bhttpd -f -p (\d+)/.exec(script)?.[1]
  if (port === undefined) return undefined
  const body = `${healthOf(script)}\n`
  return {
    comm: 'httpd',
    warmUp: [10, 40],
    shell: true,
    programs,
    stops: /trap 'exit 0' TERM/.test(script) ? { ms: [0, 20], code: 0 } : 'killed',
    ports: {
      [Number(port)]: whenReady(request => {
        if (request.kind !== 'http') return http(0, '')
        return (request.path ?? '/').split('?')[0] === '/health'
          ? http(200, body)
          : http(404, '404 Not Found')
      }),
    },
  }
}

/** By image repository. */
export const sandboxApps: AppCatalogue = {
  ...joelclawApps,
  busybox: {
    comm: 'sh',
    warmUp: [0, 1],
    ports: {},
    shell: true,
    stops: 'killed',
    programs,
    running: httpd,
  },
}
