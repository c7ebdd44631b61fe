// Charts and kustomizations: rendered by the user's programs, whose outputs here are recordings of
// helm v3.18 and kustomize v5.7.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Exit, Shell } from '#src/model/runtime.ts'
import { readManifests } from './read.ts'
import { bySource, renderManifests, type Rendering } from './rendered.ts'
import { objectsIn, problemsOf } from './summary.ts'

const recorded = (name: string): string =>
  readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8')
const done = (stdout: string): Exit => ({ kind: 'exited', code: 0, stdout, stderr: '', tookMs: 30 })
const failed = (stderr: string): Exit => ({
  kind: 'exited',
  code: 1,
  stdout: '',
  stderr,
  tookMs: 30,
})

/** A shell that has these programs and no others. */
function shellWith(programs: Readonly<Record<string, Exit>>): { shell: Shell; said: string[] } {
  const said: string[] = []
  return {
    said,
    shell: {
      run: async argv => {
        said.push(argv.join(' '))
        return programs[argv[0] ?? ''] ?? { kind: 'missing', program: argv[0] ?? '', tookMs: 1 }
      },
    },
  }
}

async function told(
  rendering: Rendering,
  programs: Readonly<Record<string, Exit>>,
): Promise<readonly string[]> {
  const { shell, said } = shellWith(programs)
  const set = readManifests(await renderManifests(rendering, { shell }))
  return [...said, ...objectsIn(set), ...problemsOf(set)]
}

test('output of helm is attributed to its template in the chart’s folder', async () => {
  expect(
    await told(
      { by: 'helm', path: 'charts/web', args: ['--values', 'prod.yaml'] },
      { helm: done(recorded('helm-template.txt')) },
    ),
  ).toEqual([
    'helm template charts/web --include-crds --values prod.yaml',
    'charts/web/templates/service.yaml (rendered)#0 v1 ConfigMap -/release-name-page',
    'charts/web/templates/service.yaml (rendered)#1 v1 Service -/release-name-web',
    'charts/web/templates/deployment.yaml (rendered)#0 apps/v1 Deployment -/release-name-web',
  ])
})

test('a kustomization is one stream, and kubectl builds it without kustomize', async () => {
  const objects = [
    'overlay (rendered)#0 v1 ConfigMap prod/page-h492528hdc',
    'overlay (rendered)#1 v1 Service prod/web',
  ]
  expect(
    await told(
      { by: 'kustomize', path: 'overlay' },
      { kustomize: done(recorded('kustomize-build.txt')) },
    ),
  ).toEqual(['kustomize build overlay', ...objects])
  expect(
    await told(
      { by: 'kustomize', path: 'overlay' },
      { kubectl: done(recorded('kustomize-build.txt')) },
    ),
  ).toEqual(['kustomize build overlay', 'kubectl kustomize overlay', ...objects])
})

describe('a failed rendering leaves the set unknown', () => {
  test.each<[string, Rendering, Readonly<Record<string, Exit>>, string]>([
    [
      'without helm',
      { by: 'helm', path: 'web' },
      {},
      'web:1:1 unreadable render-missing: no helm is installed',
    ],
    [
      'without kustomize and kubectl',
      { by: 'kustomize', path: 'web' },
      {},
      'web:1:1 unreadable render-missing: neither kustomize nor kubectl is installed',
    ],
    [
      'when a template fails',
      { by: 'helm', path: 'bad' },
      {
        helm: failed(
          'Error: template: web/templates/a.yaml:1:13: executing "web/templates/a.yaml" at ' +
            '<.Values.x.y.z>: nil pointer evaluating interface {}.y\n\n' +
            'Use --debug flag to render out invalid YAML\n',
        ),
      },
      'bad:1:1 unreadable render-failed: helm template ended with 1: Error: template: ' +
        'web/templates/a.yaml:1:13: executing "web/templates/a.yaml" at <.Values.x.y.z>: nil ' +
        'pointer evaluating interface {}.y\nUse --debug flag to render out invalid YAML',
    ],
    [
      'when there is no kustomization',
      { by: 'kustomize', path: 'web' },
      {
        kustomize: failed(
          "Error: unable to find one of 'kustomization.yaml', 'kustomization.yml' or " +
            "'Kustomization' in directory '/srv/web'\n",
        ),
      },
      'web:1:1 unreadable render-failed: kustomize build ended with 1: Error: unable to find ' +
        "one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory " +
        "'/srv/web'",
    ],
    [
      'when it takes too long',
      { by: 'helm', path: 'web' },
      { helm: { kind: 'timed-out', stdout: '', stderr: '', tookMs: 60_000 } },
      'web:1:1 unreadable render-timed-out: helm template did not finish within 60 s',
    ],
    [
      'when it makes nothing',
      { by: 'helm', path: 'web' },
      { helm: done('\n') },
      'web:1:1 unreadable nothing-found: helm template rendered nothing',
    ],
    [
      'when it makes more than a shell keeps',
      { by: 'helm', path: 'web' },
      { helm: done('[cut: the first 100 bytes are not kept]\nkind: Pod\n') },
      'web:1:1 unreadable too-large: helm template wrote more than 4 MiB',
    ],
  ])('%s', async (_, rendering, programs, expected) => {
    expect((await told(rendering, programs)).at(-1)).toBe(expected)
  })
})

test('a path never becomes an option', async () => {
  const { shell, said } = shellWith({ helm: done('a: b') })
  await renderManifests({ by: 'helm', path: '--post-renderer=sh' }, { shell })
  expect(said).toEqual(['helm template ./--post-renderer=sh --include-crds'])
})

test('a piped stream is split by its sources; the rest stays with the stream', () => {
  expect(
    bySource('<stdin>', `a: 1\n${recorded('helm-template.txt')}---\nb: 1\n`).get('<stdin>'),
  ).toBe('a: 1\n---\nb: 1\n')
})
