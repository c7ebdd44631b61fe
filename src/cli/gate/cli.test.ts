// `holdfast gate` as a process: a pipe, several reports at once, and --fix twice. Few tests,
// because each start is expensive.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { inherited } from '#tests/project/running.ts'
import { projectRoot } from '#src/project-root.ts'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-gate-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
mkdirSync(join(folder, 'k8s'))

/** Records which packages a process loads, and writes them to a file at its end. */
const watcher = join(folder, 'watcher.mjs')
writeFileSync(
  watcher,
  `
  import { writeFileSync } from 'node:fs'
  import { registerHooks } from 'node:module'
  const seen = new Set()
  registerHooks({ resolve(specifier, context, next) {
    const found = next(specifier, context)
    const name = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(found.url)?.[1]
    if (name !== undefined) seen.add(name)
    return found
  } })
  process.on('exit', () => writeFileSync(process.env.WATCHED, JSON.stringify([...seen].sort())))
`,
)

function holdfast(
  args: readonly string[],
  input = '',
  extra: Readonly<Record<string, string>> = {},
): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(projectRoot, 'bin', 'holdfast.mjs'), 'gate', ...args],
    { cwd: folder, env: { ...inherited(), NO_COLOR: '1', ...extra }, input, encoding: 'utf8' },
  )
  return { code: status, stdout, stderr }
}

const map =
  'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: joelclaw}\ndata: {a: b}\n'
/** One of its findings has a certain fix. */
const pod = `# by hand
apiVersion: v1
kind: Service
metadata:
  name: redis
  namespace: joelclaw
spec:
  type: ClusterIP # was it ever?
  selector: {app: redis}
  ports:
    - port: 6379
      nodePort: 6379
`

describe('holdfast gate', () => {
  test('reads a pipe, reports success in one line, and loads no client of a cluster', () => {
    const watched = join(folder, 'packages.json')
    const { code, stdout, stderr } = holdfast(['-'], map, {
      NODE_OPTIONS: `--import ${pathToFileURL(watcher).href}`,
      WATCHED: watched,
    })
    const heavy = ['@kubernetes/client-node', 'undici', 'vitest', 'execa', 'testcontainers']
    const loaded = JSON.parse(readFileSync(watched, 'utf8')) as string[]
    // Proves that the gate ran, from its sources or from the bundle.
    expect([
      loaded.includes('zod') || loaded.includes('.cache'),
      loaded.filter(name => heavy.includes(name)),
    ]).toEqual([true, []])
    expect([code, stdout.replace(/\d+(\.\d+)? m?s$/m, 'T'), stderr]).toEqual([
      0,
      '✓ clean · 1 object in 1 file · policy joelclaw · Kubernetes 1.35 · T\n',
      '',
    ])
  })

  test('writes several reports at once, one of them to the screen', () => {
    writeFileSync(join(folder, 'k8s', 'redis.yaml'), pod)
    const { code, stdout, stderr } = holdfast([
      'k8s',
      '--format',
      'github',
      '--format',
      'sarif=out/gate.sarif',
      '--format',
      'junit=out/gate.xml,json=out/gate.json',
      '--format',
      'openreports=out/reports.json',
    ])
    expect([code, stderr, readdirSync(join(folder, 'out')).toSorted()]).toEqual([
      1,
      '',
      ['gate.json', 'gate.sarif', 'gate.xml', 'reports.json'],
    ])
    expect(
      stdout.split('\n').filter(line => line.startsWith('::error file=k8s/redis.yaml,line=8,')),
    ).toHaveLength(1)
    for (const name of ['gate.json', 'gate.sarif', 'reports.json'])
      expect(
        () => JSON.parse(readFileSync(join(folder, 'out', name), 'utf8')) as unknown,
      ).not.toThrow()
  })

  test('applies certain fixes in place, and a second run is clean', () => {
    writeFileSync(join(folder, 'k8s', 'redis.yaml'), pod)
    const first = holdfast(['k8s', '--fix'])
    expect([
      first.code,
      first.stdout.split('\n').filter(line => /^[-+] |^\d file/.test(line)),
    ]).toEqual([
      0,
      ['-  type: ClusterIP # was it ever?', '+  type: NodePort # was it ever?', '1 file changed.'],
    ])
    expect(readFileSync(join(folder, 'k8s', 'redis.yaml'), 'utf8')).toBe(
      pod.replace('ClusterIP', 'NodePort'),
    )
    const second = holdfast(['k8s', '--fix'])
    expect([second.code, second.stdout.split('\n')[0]]).toEqual([
      0,
      'Nothing to fix: no finding has a certain change.',
    ])
  })
})
