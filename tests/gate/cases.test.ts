// Inputs on which the gate was wrong, each with what is right. The first line of each says why.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { changesOf } from '#src/cli/gate/fix.ts'
import { readFiles, readManifests } from '#src/manifests/index.ts'
import { judged, options, setOf } from './judged.ts'
import { policy } from './policy.ts'

const folder = new URL('cases/', import.meta.url)
const textOf = (name: string): string => readFileSync(new URL(`${name}.yaml`, folder), 'utf8')

/** What every plain workload of the cases lacks, and no case is about. */
const noise =
  /^(?:probe-missing|request-missing|limit-missing|may-be-root|not-tolerated|claim-unreg|secret-in)/

const reportOf = (text: string) => judged(setOf({ 'a.yaml': text }), policy)
const found = (text: string): readonly string[] =>
  reportOf(text).findings.flatMap(({ code, object }) =>
    noise.test(code) || code.startsWith('may-escalate')
      ? []
      : [`${code} ${object?.name}.${object?.path.join('.')}`],
  )

const cases: Readonly<Record<string, readonly string[]>> = {
  'accepted-duplicates': [],
  'budget-and-autoscaler': [],
  'claim-template-volume': [],
  'fix-annotated-class': [],
  'fix-refuses': ['class-missing:c c.spec.storageClassName'],
  'fix-windows': [],
  'init-probe': [
    'schema:rule p.spec.initContainers.0.livenessProbe',
    'schema:rule p.spec.initContainers.0.lifecycle',
  ],
  'named-port-nowhere': [
    'served-port-missing:Service/web/htpp web.spec.ports.0.targetPort',
    'probed-port-missing:Deployment/web/web/livenessProbe ' +
      'web.spec.template.spec.containers.0.livenessProbe.httpGet.port',
  ],
  // A NodePort that nobody chose is this policy's own question.
  'nodeport-zero': ['nodeport-random:demo/b b.spec.ports.0.nodePort'],
  'pod-level-resources': [],
  'pod-name-selector': [],
  'refused-by-the-api': [
    'schema:rule recreate.spec.strategy.rollingUpdate',
    'schema:rule gpu.spec.containers.0.resources.requests.nvidia.com/gpu',
    'schema:required tls.data.tls.key',
  ],
  siblings: [
    'selects-nothing:Service/beyond beyond.spec.selector',
    'selects-nothing:Service/db-7 db-7.spec.selector',
    'served-port-missing:Service/udp/redis udp.spec.ports.0.targetPort',
    'drain-blocked:db db.spec.minAvailable',
  ],
}

describe('what is found in each', () => {
  test.for(Object.entries(cases))('%s', ([name, expected]) => {
    expect(found(textOf(name))).toEqual(expected)
  })

  test('every file is one of them', () => {
    expect(readdirSync(folder).toSorted()).toEqual(
      Object.keys(cases)
        .map(name => `${name}.yaml`)
        .toSorted(),
    )
  })
})

test('what the API server only warns about is a note, and fails nothing', () => {
  const { notes } = reportOf(textOf('accepted-duplicates'))
  expect(notes.map(({ code, line }) => `${code} ${line}`)).toEqual([
    'schema:duplicate 10',
    'schema:duplicate 11',
  ])
})

test('pod-level resources count, and without them each container states its own', () => {
  const codes = (text: string): readonly string[] =>
    reportOf(text).findings.flatMap(({ code }) => /^(?:request|limit)-missing/.exec(code) ?? [])
  const text = textOf('pod-level-resources')
  expect(codes(text)).toEqual([])
  expect(codes(text.replace(/^ {2}resources.*\n/m, ''))).toEqual([
    'limit-missing',
    'request-missing',
    'request-missing',
  ])
})

test('no setting of Linux is written into a Windows pod', () => {
  const codes = reportOf(textOf('fix-windows')).findings.map(({ code }) => code)
  expect(codes.filter(code => /may-escalate|may-be-root/.test(code))).toEqual([])
})

test('a file with comments of another program is fixed in place', () => {
  const { texts } = readFiles(['tests/gate/cases/fix-refuses.yaml'], { from: process.cwd() })
  const set = readManifests({ texts })
  const { files, refused } = changesOf(judged(set, policy), set, options)
  expect(refused).toEqual([])
  expect(files.map(({ file, before }) => [file, before === textOf('fix-refuses')])).toEqual([
    ['tests/gate/cases/fix-refuses.yaml', true],
  ])
  expect(files[0]?.after).toContain('storageClassName: local-path')
})

describe('a blocked budget', () => {
  const web = (replicas: number, more: string) =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: demo}\n` +
    `spec:\n  replicas: ${replicas}\n  selector: {matchLabels: {app: web}}\n` +
    `  template: {metadata: {labels: {app: web}}, ` +
    `spec: {containers: [{name: a, image: "a:1"}]}}\n` +
    `---\napiVersion: policy/v1\nkind: PodDisruptionBudget\n` +
    `metadata: {name: web, namespace: demo}\n` +
    `spec: {${more}, selector: {matchLabels: {app: web}}}\n`
  const scaled = (least: number) =>
    `---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n` +
    `metadata: {name: web, namespace: demo}\nspec: {minReplicas: ${least}, maxReplicas: 9, ` +
    `scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}\n`
  const remedies = (text: string): readonly string[] =>
    reportOf(text).findings.flatMap(({ code, remedy }) =>
      code.startsWith('drain-blocked') ? [remedy] : [],
    )

  test.for<[what: string, text: string, remedy: string]>([
    [
      'by the number that stays',
      web(1, 'minAvailable: 1'),
      'replace minAvailable by maxUnavailable: 1, or give its workload 2 replicas',
    ],
    [
      'by more than there are',
      web(2, 'minAvailable: 5'),
      'replace minAvailable by maxUnavailable: 1, or give its workload 6 replicas',
    ],
    ['by all of them', web(3, 'minAvailable: 100%'), 'replace minAvailable by maxUnavailable: 1'],
    ['by none that goes', web(1, 'maxUnavailable: 0'), 'set maxUnavailable to 1'],
    [
      'at the least that its autoscaler keeps, whatever replicas says',
      web(5, 'minAvailable: 2') + scaled(2),
      'replace minAvailable by maxUnavailable: 1, or raise the minReplicas of its autoscaler ' +
        'until they are 3',
    ],
  ])('%s: the remedy suffices', ([, text, remedy]) => {
    expect(remedies(text)).toEqual([remedy])
  })
})
