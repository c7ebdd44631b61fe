// The gate within the test process: files in, findings out, with joelclaw's policy; and what --fix
// leaves behind.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { cwd } from 'node:process'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readFiles, readManifests } from '#src/manifests/index.ts'
import { parsePolicy } from '#helpers/policy.ts'
import { type GateReport, type ManifestSet, type Policy } from '#src/model/index.ts'
import { lineInWords } from '#tests/project/shell-line.ts'
import { readArguments } from '#src/cli/arguments.ts'
import { projectRoot } from '#src/project-root.ts'
import { requireKnownProofs, unproven } from '#src/runs/coverage.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { gateOptions } from './arguments.ts'
import { changesOf, diffs } from './fix.ts'
import { judge, requireSelection } from './judge.ts'
import { readSet } from './read.ts'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-gate-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let policy: Policy
beforeAll(async () => {
  policy = await loadPolicy('joelclaw')
})

const options = gateOptions({})
const judged = (set: ManifestSet, given: Policy = policy): GateReport =>
  judge(set, {
    policy: given,
    options,
    only: undefined,
    baseline: undefined,
    holdfast: '0.1.0',
    startedAt: Date.now(),
  })
const setOf = (files: Readonly<Record<string, string>>): ManifestSet =>
  readManifests({ texts: new Map(Object.entries(files)) })
const told = ({ findings }: GateReport): readonly string[] =>
  findings
    .filter(({ status }) => status === 'violated')
    .map(({ file, line, code }) => `${file}:${line} ${code}`)

/** A workload that meets every rule of joelclaw, with comments and a style of its own. */
const good = (name: string, change: (yaml: string) => string = text => text): string =>
  change(`# ${name}, by hand
apiVersion: apps/v1
kind: Deployment
metadata:
    name: ${name}   # its name
    namespace: joelclaw
spec:
    replicas: 1
    strategy: {type: Recreate}
    selector: {matchLabels: {app: "${name}"}}
    template:
        metadata: {labels: {app: "${name}"}}
        spec:
            tolerations: [{key: node-role.kubernetes.io/control-plane, operator: Exists}]
            containers:
            -   name: main
                image: 'example.dev/${name}:1.2.3'
                imagePullPolicy: IfNotPresent   # the registry may be away
                livenessProbe: &probe {tcpSocket: {port: 80}, periodSeconds: 10}
                readinessProbe: {httpGet: {path: /ready, port: 80}}
                startupProbe: {tcpSocket: {port: 80}, failureThreshold: 60}
                resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {memory: 32Mi}}
                securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false}
`)

describe('the gate', () => {
  test('reports nothing about a workload that meets every rule', () => {
    expect(told(judged(setOf({ 'web.yaml': good('web') })))).toEqual([])
  })

  test('finds the member at fault by file and line', () => {
    expect(
      told(
        judged(
          setOf({
            'a.yaml': good('a', text =>
              text.replace(/ *imagePullPolicy.*\n/, '                imagePullPolicy: Always\n'),
            ),
            'b.yaml': good('b', text => text.replace(/ *startupProbe.*\n/, '')),
            'c.yaml': good('c', text => text.replace('replicas: 1', 'replica: 1')),
          }),
        ),
      ),
    ).toEqual([
      'a.yaml:18 pull-always:Deployment/a/main',
      'b.yaml:16 probe-missing:startup',
      'c.yaml:8 schema:unknown-field',
    ])
  })

  test('passes the project’s own manifests with every policy, planned ones too', async () => {
    const set = readManifests(readFiles(['deploy'], { from: projectRoot }))
    const kinds = set.manifests.map(({ object }) => object.kind)
    expect(kinds).toContain('CronJob')
    for (const cluster of ['joelclaw', 'sandbox', 'tazlab', 'honeydue']) {
      const report = judged(set, await loadPolicy(cluster))
      expect([cluster, told(report), report.unknowns]).toEqual([cluster, [], []])
    }
  })

  test('the policy in those manifests is valid, and each of its clauses has a known proof', () => {
    const [map] = readManifests(
      readFiles(['deploy/kubernetes'], { from: projectRoot }),
    ).manifests.filter(({ object }) => object.kind === 'ConfigMap')
    const data = Reflect.get(map?.object ?? {}, 'data') as Record<string, string>
    const policy = parsePolicy(JSON.parse(data['policy.json'] ?? ''), 'policy.json')
    expect(policy.nightly).toEqual({ drills: 0, rotation: [] })
    expect(policy.clauses.length).toBeGreaterThan(5)
    expect(unproven(policy)).toEqual([])
    requireKnownProofs(policy)
    expect(data['kubeconfig']).toContain('current-context: in-cluster')
  })

  test('gives the same result for any order of documents and files', () => {
    const broken = (name: string, index: number): string =>
      good(
        name,
        text =>
          [
            text.replace(/ *livenessProbe.*\n/, ''),
            text.replace('IfNotPresent', 'Always'),
            text.replace('1.2.3', 'latest'),
            text.replace(/ *resources.*\n/, ''),
            text,
          ][index % 5] ?? text,
      )
    const names = ['a', 'b', 'c', 'd', 'e'] as const
    const outcome = (order: readonly number[], cuts: readonly boolean[]): unknown => {
      const files: string[][] = [[]]
      order.forEach((index, at) => {
        if (cuts[at] === true) files.push([])
        files.at(-1)?.push(broken(names[index] ?? 'a', index))
      })
      const report = judged(
        setOf(
          Object.fromEntries(
            files.map((documents, index) => [`${index}.yaml`, documents.join('---\n')]),
          ),
        ),
      )
      return report.findings
        .map(({ object, rule, code, seen, fingerprint }) =>
          JSON.stringify([object, rule, code, seen, fingerprint]),
        )
        .toSorted()
    }
    const straight = outcome([0, 1, 2, 3, 4], [])
    expect(straight).toHaveLength(6)
    fc.assert(
      fc.property(
        fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }),
        fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
        (order, cuts) => {
          expect(outcome(order, cuts)).toEqual(straight)
        },
      ),
      { numRuns: 15 },
    )
  })
})

describe('any object', () => {
  const kinds = [
    'v1 Pod',
    'v1 Service',
    'v1 ConfigMap',
    'v1 Secret',
    'v1 PersistentVolumeClaim',
    'v1 PersistentVolume',
    'v1 Namespace',
    'v1 ServiceAccount',
    'apps/v1 Deployment',
    'apps/v1 StatefulSet',
    'apps/v1 DaemonSet',
    'batch/v1 Job',
    'batch/v1 CronJob',
    'policy/v1 PodDisruptionBudget',
    'storage.k8s.io/v1 StorageClass',
    'networking.k8s.io/v1 Ingress',
    'admissionregistration.k8s.io/v1 MutatingWebhookConfiguration',
  ] as const
  const words = [
    'spec',
    'template',
    'containers',
    'initContainers',
    'metadata',
    'labels',
    'selector',
    'matchLabels',
    'name',
    'image',
    'ports',
    'env',
    'volumes',
    'persistentVolumeClaim',
    'claimName',
    'livenessProbe',
    'httpGet',
    'resources',
    'requests',
    'jobTemplate',
    'volumeClaimTemplates',
    'tolerations',
    'replicas',
    'nodePort',
    'value',
    'rules',
    'data',
    'strategy',
  ] as const
  const { value } = fc.letrec(tie => ({
    value: fc.oneof(
      { maxDepth: 7, withCrossShrink: true },
      fc.constantFrom(null, 0, -1, 8080, '', 'web', true),
      tie('list'),
      tie('map'),
    ),
    list: fc.array(tie('value'), { maxLength: 2 }),
    map: fc.dictionary(fc.constantFrom(...words), tie('value'), { maxKeys: 4 }),
  }))
  const object = fc
    .record({
      kind: fc.constantFrom(...kinds),
      name: fc.constantFrom('web', 'redis', 'data-redis-0'),
      body: fc.dictionary(
        fc.constantFrom('spec', 'data', 'stringData', 'webhooks', 'subjects'),
        value,
        { maxKeys: 2 },
      ),
    })
    .map(({ kind: both, name, body }) => {
      const [apiVersion = '', kind = ''] = both.split(' ')
      return { apiVersion, kind, metadata: { name, namespace: 'joelclaw' }, ...body }
    })

  test('is judged, and no judge throws', () => {
    fc.assert(
      fc.property(fc.array(object, { minLength: 1, maxLength: 4 }), objects => {
        const report = judged(
          setOf(
            Object.fromEntries(objects.map((one, index) => [`${index}.yaml`, JSON.stringify(one)])),
          ),
        )
        expect(report.unknowns).toEqual([])
        for (const { line, column, endLine } of report.findings)
          expect(line > 0 && column > 0 && endLine >= line).toBe(true)
        expect(report.exitCode).toBe(
          report.findings.some(({ status }) => status === 'violated') ? 1 : 0,
        )
      }),
      { numRuns: 150 },
    )
  })
})

describe('files shipped with the gate', () => {
  const text = (path: string): string => readFileSync(join(projectRoot, path), 'utf8')
  interface Workflow {
    jobs: { gate: { steps: { run?: string; uses?: string }[] } }
  }

  test('the workflow uses existing flags and uploads every report', () => {
    const {
      jobs: {
        gate: { steps },
      },
    } = parse(text('deploy/github-actions/gate.yml')) as Workflow
    const [, command = ''] = steps.flatMap(({ run }) => run ?? [])
    const words = lineInWords(command.replaceAll(/\$(\w+)/g, 'x')).words
    expect(words.slice(0, 2)).toEqual([
      '.holdfast/node_modules/.bin/node',
      '.holdfast/bin/holdfast.mjs',
    ])
    expect(readArguments(words.slice(2), {})?.gate?.outputs).toEqual([
      { format: 'github' },
      { format: 'sarif', file: 'x/gate.sarif' },
      { format: 'junit', file: 'x/gate.xml' },
      { format: 'json', file: 'x/gate.json' },
    ])
    // An unset variable is a mistake; it must not select another cluster's policy.
    expect(() =>
      readArguments(
        lineInWords(command.replaceAll('$CLUSTER', '').replaceAll(/\$(\w+)/g, 'x')).words.slice(2),
        {},
      ),
    ).toThrow('--cluster is empty')
    expect(steps.flatMap(({ uses }) => uses ?? []).every(action => /@v\d+$/.test(action))).toBe(
      true,
    )
  })

  test('the hook’s program is executable and judges whole folders', () => {
    const [hook] = parse(text('.pre-commit-hooks.yaml')) as {
      entry: string
      pass_filenames: boolean
      args: string[]
    }[]
    expect([hook?.pass_filenames, hook?.args]).toEqual([false, ['.']])
    expect(statSync(join(projectRoot, hook?.entry ?? '')).mode & 0o111).toBe(0o111)
  })
})

describe('--fix', () => {
  const fixedOnce = (set: ManifestSet): Readonly<Record<string, string>> => {
    const { files } = changesOf(judged(set), set, options)
    return {
      ...Object.fromEntries(set.texts),
      ...Object.fromEntries(files.map(({ file, after }) => [file, after])),
    }
  }
  const certain = (files: Readonly<Record<string, string>>): readonly string[] => {
    const report = judged(setOf(files))
    return report.findings
      .filter(({ change, status }) => change !== undefined && status === 'violated')
      .map(({ code }) => code)
  }

  test('makes the change it reports and no other, and shows it as a diff', () => {
    const before = good('web', text => text.replace('IfNotPresent', 'Always'))
    const set = setOf({ 'web.yaml': before })
    const { files, refused } = changesOf(judged(set), set, options)
    expect([files.map(({ after }) => after), refused]).toEqual([[good('web')], []])
    expect(diffs(files)).toMatchInlineSnapshot(`
      "--- a/web.yaml
      +++ b/web.yaml
      @@ -15,7 +15,7 @@
                   containers:
                   -   name: main
                       image: 'example.dev/web:1.2.3'
      -                imagePullPolicy: Always   # the registry may be away
      +                imagePullPolicy: IfNotPresent   # the registry may be away
                       livenessProbe: &probe {tcpSocket: {port: 80}, periodSeconds: 10}
                       readinessProbe: {httpGet: {path: /ready, port: 80}}
                       startupProbe: {tcpSocket: {port: 80}, failureThreshold: 60}
      "
    `)
  })

  test('corrects a misspelt member and nothing around it', () => {
    const wrong: readonly ((text: string) => string)[] = [
      text => text.replace('imagePullPolicy: IfNotPresent', 'imagePullPolcy: IfNotPresent'),
      text => text.replace('startupProbe:', 'startupprobe:'),
      text => text.replace('  securityContext: {', '  "securitycontext": {'),
      text => text.replace('    template:\n', '    templte: # of its pods\n'),
      text => text.replace('failureThreshold', 'failureTreshold'),
      text => text.replace('&probe {tcpSocket', '&probe {tcpSockt'),
    ]
    for (const change of wrong) {
      const before = good('web', change)
      const set = setOf({
        'before.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n',
        'web.yaml':
          'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, namespace: joelclaw}\n' +
          `---\n${before}`,
      })
      const { files, refused } = changesOf(judged(set), set, options)
      expect([
        before === good('web'),
        refused,
        files.map(
          ({ after }) =>
            after
              .replace(' # of its pods', '')
              .replace('"securityContext"', 'securityContext')
              .split('---\n')[1],
        ),
      ]).toEqual([false, [], [good('web')]])
    }
  })

  test('leaves waived findings alone', () => {
    const waived = good('web', text =>
      text
        .replace('IfNotPresent', 'Always')
        .replace(
          '    namespace: joelclaw',
          '    namespace: joelclaw\n    annotations:\n        holdfast.dev/waive: ' +
            'images-start-from-cache; owner=joel; until=2099-01-01; reason=a test of the registry',
        ),
    )
    const set = setOf({ 'web.yaml': waived })
    expect(changesOf(judged(set), set, options)).toEqual({ files: [], refused: [] })
  })

  test('makes every certain change, and a second run changes nothing', () => {
    const mistakes: readonly ((text: string) => string)[] = [
      text => text.replace('IfNotPresent', 'Always'),
      text => text.replace(/ *imagePullPolicy.*\n/, '                imagePullPolicy: "Always"\n'),
      text => text.replace('replicas: 1', 'replicas: "1"'),
      text => text.replace('periodSeconds: 10', 'periodSeconds: "10"'),
    ]
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.subarray([...mistakes.keys()])), {
          minLength: 1,
          maxLength: 3,
        }),
        chosen => {
          const files: Record<string, string> = {}
          for (const [name, indexes] of chosen)
            files[`${name}.yaml`] = indexes.reduce(
              (text, index) => good(name, () => mistakes[index]?.(text) ?? text),
              good(name),
            )
          const once = fixedOnce(setOf(files))
          expect(certain(once)).toEqual([])
          expect(fixedOnce(setOf(once))).toEqual(once)
        },
      ),
      { numRuns: 20 },
    )
  })
})

describe('input', () => {
  const put = (name: string, text: string): string => {
    const file = join(folder, name)
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, text)
    return file
  }
  const refusal = (paths: readonly string[], values = {}): Promise<string> =>
    readSet(paths, gateOptions(values)).then(
      () => 'no refusal',
      (error: unknown) =>
        error instanceof Error
          ? error.message
              .replaceAll(relative(cwd(), folder), '<folder>')
              .replaceAll(folder, '<folder>')
          : String(error),
    )

  test('an empty set is a mistake of usage, with its remedy', async () => {
    mkdirSync(join(folder, 'empty'))
    const values = put('values.yaml', 'image:\n  tag: 1.2.3\n')
    expect([
      await refusal([]),
      await refusal([join(folder, 'nowhere')]),
      await refusal([join(folder, 'empty')]),
      await refusal([values]),
      await refusal([folder], { helm: true }),
      await refusal([folder], { kustomize: true }),
    ]).toEqual([
      'holdfast gate needs files, folders or - for stdin, e.g. holdfast gate k8s/ or helm ' +
        'template … | holdfast gate -.',
      'There is no file or folder <folder>/nowhere. Give the files or folders to apply, or - ' +
        'for stdin.',
      'There is no Kubernetes object to judge (<folder>/empty: no .yaml, .yml or .json file ' +
        'in this folder that is not ignored). Correct the path, or check .holdfastignore and ' +
        '.gitignore.',
      'There is no Kubernetes object to judge (<folder>/values.yaml: the values of a Helm ' +
        'chart). To judge what its chart renders: holdfast gate --helm <chart>.',
      '--helm finds no Chart.yaml in <folder>. Give the folder of a chart, or leave the flag out.',
      '--kustomize finds no kustomization.yaml in <folder>. Give the folder of a ' +
        'kustomization, or leave the flag out.',
    ])
  })

  test('an unreadable file makes the set unknown', async () => {
    const set = await readSet([put('odd/a.yaml', 'a: \u0001\n')], options)
    expect(judged(set)).toMatchObject({ exitCode: 2, unknowns: [{ code: 'control-character' }] })
  })

  test('a chart is rendered by the user’s helm; without helm it is unknown', async () => {
    put('charts/x/Chart.yaml', 'apiVersion: v2\nname: x\nversion: 1.0.0\n')
    put('charts/x/templates/a.yaml', '{{ .Values.x }}\n')
    const path = process.env['PATH']
    process.env['PATH'] = folder
    try {
      const set = await readSet([join(folder, 'charts')], gateOptions({ helm: true }))
      const { exitCode, unknowns } = judged(set)
      expect([exitCode, ...unknowns.map(({ code, message }) => `${code}: ${message}`)]).toEqual([
        2,
        'render-missing: no helm is installed',
      ])
    } finally {
      process.env['PATH'] = path
    }
  })

  test('a word that selects no rule is refused: nothing would be judged', () => {
    expect(() => requireSelection('probes.nonsense', policy)).toThrow(
      '--only probes.nonsense selects no invariant.',
    )
    expect(() => requireSelection('probes.*', policy)).not.toThrow()
  })

  test('docs/gate.md names every flag, and no other', () => {
    const documented = new Set(
      [
        ...readFileSync(join(projectRoot, 'docs', 'gate.md'), 'utf8').matchAll(
          /(?<=[\s`])--([a-z][a-z-]+)/g,
        ),
      ].map(match => match[1] ?? ''),
    )
    expect([...documented].toSorted()).toEqual([
      'baseline',
      'cluster',
      'dry-run',
      'fix',
      'format',
      'full',
      'helm',
      'json',
      'kubernetes',
      'kustomize',
      'live',
      'namespace',
      'only',
      'output',
      'values',
    ])
  })
})
