// Anything that could be given to the gate: the files of all pairs, alone and together, mutated, and documents of any structure.
import { readdirSync, readFileSync } from 'node:fs'
import { array, constantFrom, oneof, record, shuffledSubarray, string, type Arbitrary } from 'fast-check'
import { stringify } from 'yaml'
import { changesOf, diffs } from '../../bin/gate/fix.ts'
import { document, mutated, mutations, style } from '../../helpers/manifests/arbitrary.ts'
import { gateGithub } from '../../helpers/report/gate/github.ts'
import { gateJson } from '../../helpers/report/gate/json.ts'
import { gateJunit } from '../../helpers/report/gate/junit.ts'
import { gateOpenReports } from '../../helpers/report/gate/openreports.ts'
import { gateSarif } from '../../helpers/report/gate/sarif.ts'
import type { GateReport } from '../../helpers/words/index.ts'
import { judged, options, screen, setOf } from './judged.ts'
import { policy } from './policy.ts'

const folder = new URL('pairs/', import.meta.url)

const textsOf = (ending: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith(ending)).toSorted().map(name => readFileSync(new URL(name, folder), 'utf8'))

/** The texts of all files of the pairs, and of those that break a rule. */
export const corpus = textsOf('.yaml')
export const broken = textsOf('.breaks.yaml')

const kinds = ['v1 Pod', 'v1 Service', 'v1 Secret', 'v1 ConfigMap', 'v1 List', 'apps/v1 Deployment', 'apps/v1 StatefulSet', 'batch/v1 CronJob', 'policy/v1 PodDisruptionBudget', 'policy/v1beta1 PodDisruptionBudget', 'storage.k8s.io/v1 StorageClass', 'apiextensions.k8s.io/v1 CustomResourceDefinition', 'example.dev/v1 Lamp'] as const

/** An object of any kind with anything in it, in any style. */
const structure: Arbitrary<string> = record({ head: constantFrom(...kinds), spec: document, style }).map(({ head, spec, style: how }) => {
  const [apiVersion, kind] = head.split(' ')
  return stringify({ apiVersion, kind, metadata: { name: 'web', namespace: 'shop' }, spec, ...(kind === 'Secret' ? { stringData: spec } : {}), ...(kind === 'List' ? { items: [spec] } : {}) }, how)
})

/** One to three files. */
export const inputs: Arbitrary<readonly string[]> = array(
  oneof(
    record({ texts: shuffledSubarray([...corpus], { minLength: 1, maxLength: 3 }), mutations }).map(({ texts, mutations: changes }) => mutated(texts.join('---\n'), changes)),
    record({ text: structure, mutations }).map(({ text, mutations: changes }) => mutated(text, changes)),
    string({ unit: 'binary', maxLength: 200 }),
  ),
  { minLength: 1, maxLength: 3 },
)

/** The whole way: read, judged, told in every format, and shown as a diff. Throws where anything is not as it has to be. */
export function wholeWay(texts: readonly string[]): GateReport {
  const set = setOf(Object.fromEntries(texts.map((text, index) => [`${index}.yaml`, text])))
  const report = judged(set, policy)
  // A judge that fails is told as an unknown: it is a fault of this project, whatever was in the file.
  const failed = report.unknowns.find(({ code }) => code.startsWith('judge-failed'))
  if (failed !== undefined) throw new Error(failed.why)
  for (const { line, column, endLine, file } of report.findings) {
    if (line < 1 || column < 1 || endLine < line || !set.texts.has(file)) throw new Error(`a finding at ${file}:${line}:${column}`)
  }
  if (report.exitCode !== (report.findings.some(({ status }) => status === 'violated') ? 1 : report.unknowns.length > 0 ? 2 : 0)) throw new Error(`exit code ${report.exitCode}`)
  for (const text of [gateSarif(report, { root: '/work' }), gateJson(report), gateOpenReports(report)]) JSON.parse(text)
  for (const text of [gateJunit(report), gateGithub(report), screen(report, set)]) if (!text.isWellFormed()) throw new Error('a report that is no text')
  diffs(changesOf(report, set, options).files)
  return report
}
