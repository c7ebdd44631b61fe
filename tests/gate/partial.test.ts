// Gating a part of the manifests: the gate reports nothing about objects that may be in other
// files, and reports each unrendered chart once.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { gateOptions } from '#src/cli/gate/arguments.ts'
import { readSet } from '#src/cli/gate/read.ts'
import { judged, setOf } from './judged.ts'
import { policy } from './policy.ts'

const codes = (...documents: readonly string[]): readonly string[] =>
  judged(setOf({ 'a.yaml': documents.join('---\n') }), policy)
    .findings.map(({ code }) => code)
    .filter(
      code => !code.startsWith('probe-') && !/missing:(?:cpu|memory)|may-|not-tolerated/.test(code),
    )
const service = (name: string, app: string, namespace = 'shop'): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: ` +
  `{selector: {app: ${app}}, ports: [{port: 80}]}\n`
const budget =
  'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: web, namespace: shop}\n' +
  'spec: {maxUnavailable: 1, selector: {matchLabels: {app: elsewhere}}}\n'
const workload = (kind: string, name: string, more = '', namespace = 'shop'): string =>
  `apiVersion: apps/v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: ${namespace}}\n` +
  `spec:\n  ${more}\n  selector: {matchLabels: {app: ${name}}}\n` +
  `  template: {metadata: {labels: {app: ${name}}}, spec: {containers: [{name: main, image: ` +
  'nginx:1.29, imagePullPolicy: IfNotPresent}]}}\n'

describe('of a part', () => {
  test.for<[what: string, documents: readonly string[], found: readonly string[]]>([
    ['a Service alone says nothing of its pods', [service('front', 'web')], []],
    ['nor in a namespace that the policy does not know', [service('front', 'web', 'other')], []],
    ['a budget alone neither', [budget], []],
    [
      'without all of the policy’s workloads nobody knows whom a selector is for',
      [workload('Deployment', 'api'), service('front', 'web')],
      [],
    ],
    [
      'with all of them it is known',
      [workload('Deployment', 'web'), service('front', 'wbe'), budget],
      ['selects-nothing:Service/front', 'selects-nothing:PodDisruptionBudget/web'],
    ],
    [
      'where the policy names none, pods of the set are those there are',
      [workload('Deployment', 'web', '', 'other'), service('front', 'wbe', 'other')],
      ['selects-nothing:Service/front'],
    ],
    [
      'a StatefulSet without any Service says nothing of its own',
      [workload('StatefulSet', 'db', 'serviceName: db')],
      [],
    ],
    [
      'beside another Service it is known to be missing',
      [workload('StatefulSet', 'db', 'serviceName: db'), service('front', 'db')],
      ['governing-service-missing:db'],
    ],
  ])('%s', ([, documents, found]) => {
    expect(codes(...documents).toSorted()).toEqual(found.toSorted())
  })
})

describe('charts in a folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-gate-charts-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const put = (name: string, text: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  for (const name of ['one', 'two']) {
    put(`charts/${name}/Chart.yaml`, `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`)
    put(`charts/${name}/values.yaml`, 'tag: 1.0.0\n')
    for (const part of ['a', 'b', 'c'])
      put(
        `charts/${name}/templates/${part}.yaml`,
        `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-${part}\n` +
          '{{- if .Values.x }}\ndata: {}\n{{- end }}\n',
      )
    put(
      `charts/${name}/crds/lamp.yaml`,
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: plain, namespace: shop}\n'.replace(
        'plain',
        `plain-${name}`,
      ),
    )
  }
  put('one.yaml', service('front', 'web'))

  test('are one finding each; files outside of templates are judged', async () => {
    const report = judged(await readSet([folder], gateOptions({})), policy)
    const annotation = (text: string): string =>
      text.replaceAll(/\S*holdfast-gate-charts-\w+/g, '<folder>')
    expect(
      report.findings.map(({ file, line, code, seen, remedy }) =>
        annotation(`${file}:${line} ${code} ${seen}. ${remedy}`),
      ),
    ).toEqual(
      ['one', 'two'].map(
        name =>
          `<folder>/charts/${name}/Chart.yaml:1 template an unrendered chart: ` +
          'its 3 templates were not judged. Render it: holdfast gate --helm ' +
          `<folder>/charts/${name}, or helm template <folder>/charts/${name} | holdfast gate -`,
      ),
    )
    expect(report.objects.map(({ place }) => place.name)).toEqual([
      'plain-one',
      'plain-two',
      'front',
    ])
    expect(report.exitCode).toBe(1)
  })
})
