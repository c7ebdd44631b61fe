// Any input for the gate: the files of all pairs, alone and together, mutated files, documents of
// any structure, and bytes.
import { readdirSync, readFileSync } from 'node:fs'
import {
  array,
  constantFrom,
  double,
  nat,
  oneof,
  record,
  shuffledSubarray,
  string,
  tuple,
  uint8Array,
  type Arbitrary,
} from 'fast-check'
import { stringify } from 'yaml'
import { changesOf, diffs } from '#src/cli/gate/fix.ts'
import { document, mutated, mutations, style } from '#src/manifests/arbitrary.ts'
import { textOf } from '#src/manifests/yaml/bytes.ts'
import { readManifests } from '#src/manifests/index.ts'
import { gateGithub } from '#src/reporting/gate/github.ts'
import { gateJson } from '#src/reporting/gate/json.ts'
import { gateJunit } from '#src/reporting/gate/junit.ts'
import { gateOpenReports } from '#src/reporting/gate/openreports.ts'
import { gateSarif } from '#src/reporting/gate/sarif.ts'
import type { GateReport } from '#src/model/index.ts'
import { judged, options, screen } from './judged.ts'
import { policy } from './policy.ts'

const folder = new URL('pairs/', import.meta.url)

const textsOf = (ending: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith(ending))
    .toSorted()
    .map(name => readFileSync(new URL(name, folder), 'utf8'))

/** The texts of all files of the pairs, and of those that break a rule. */
export const corpus = textsOf('.yaml')
export const broken = textsOf('.breaks.yaml')

const kinds = [
  'v1 Pod',
  'v1 Service',
  'v1 Secret',
  'v1 ConfigMap',
  'v1 List',
  'apps/v1 Deployment',
  'apps/v1 StatefulSet',
  'batch/v1 CronJob',
  'policy/v1 PodDisruptionBudget',
  'policy/v1beta1 PodDisruptionBudget',
  'storage.k8s.io/v1 StorageClass',
  'apiextensions.k8s.io/v1 CustomResourceDefinition',
  'example.dev/v1 Lamp',
] as const

/** An object of any kind with any content, in any YAML style. */
const structure: Arbitrary<string> = record({
  head: constantFrom(...kinds),
  spec: document,
  style,
}).map(({ head, spec, style: how }) => {
  const [apiVersion, kind] = head.split(' ')
  return stringify(
    {
      apiVersion,
      kind,
      metadata: { name: 'web', namespace: 'shop' },
      spec,
      ...(kind === 'Secret' ? { stringData: spec } : {}),
      ...(kind === 'List' ? { items: [spec] } : {}),
    },
    how,
  )
})

/** A file in which some bytes are replaced. */
const spoilt: Arbitrary<Uint8Array> = record({
  text: constantFrom(...corpus),
  bytes: array(tuple(double({ min: 0, max: 0.999, noNaN: true }), nat(255)), {
    minLength: 1,
    maxLength: 4,
  }),
}).map(({ text, bytes }) => {
  const file = new TextEncoder().encode(text)
  for (const [at, byte] of bytes) file[Math.floor(at * file.length)] = byte
  return file
})

/** A file as text, or as bytes that may be invalid text. */
type File = string | Uint8Array

/** One to three files. */
export const inputs: Arbitrary<readonly File[]> = array(
  oneof(
    record({ texts: shuffledSubarray([...corpus], { minLength: 1, maxLength: 3 }), mutations }).map(
      ({ texts, mutations: changes }) => mutated(texts.join('---\n'), changes),
    ),
    record({ text: structure, mutations }).map(({ text, mutations: changes }) =>
      mutated(text, changes),
    ),
    string({ unit: 'binary', maxLength: 200 }),
    uint8Array({ maxLength: 200 }),
    spoilt,
  ),
  { minLength: 1, maxLength: 3 },
)

/**
 * Runs an input through the whole gate: read, judge, report in every format, and diff. Throws if a
 * result is not as required.
 */
export function wholeWay(files: readonly File[]): GateReport {
  const read = files.map((file, index) => ({
    file: `${index}.yaml`,
    read: typeof file === 'string' ? { text: file } : textOf(`${index}.yaml`, file),
  }))
  const set = readManifests({
    texts: new Map(
      read.flatMap(({ file, read: one }) => ('text' in one ? [[file, one.text] as const] : [])),
    ),
    problems: read.flatMap(({ read: one }) => ('problem' in one ? [one.problem] : [])),
  })
  const report = judged(set, policy)
  // The gate reports a judge that throws as unknown. That is a bug of this project for every input.
  const failed = report.unknowns.find(({ code }) => code.startsWith('judge-failed'))
  if (failed !== undefined) throw new Error(failed.message)
  for (const { line, column, endLine, file } of report.findings) {
    if (line < 1 || column < 1 || endLine < line || !set.texts.has(file))
      throw new Error(`a finding at ${file}:${line}:${column}`)
  }
  const unknown = report.unknowns.length > 0 ? 2 : 0
  const isViolated = report.findings.some(({ status }) => status === 'violated')
  if (report.exitCode !== (isViolated ? 1 : unknown))
    throw new Error(`exit code ${report.exitCode}`)
  for (const text of [
    gateSarif(report, { root: '/work' }),
    gateJson(report),
    gateOpenReports(report),
  ])
    JSON.parse(text)
  for (const text of [gateJunit(report), gateGithub(report), screen(report, set)])
    if (!text.isWellFormed()) throw new Error('a report that is no text')
  diffs(changesOf(report, set, options).files)
  return report
}
