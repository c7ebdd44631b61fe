// Properties for any set of manifests: repairs do what they state, the order and the split into
// files do not matter, and no input crashes the gate.
import { isDeepStrictEqual } from 'node:util'
import { array, assert, boolean, constantFrom, property, shuffledSubarray } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { changesOf } from '#src/cli/gate/fix.ts'
import { documentsIn } from '#src/manifests/yaml/documents.ts'
import type {
  Change,
  GateFinding,
  GateReport,
  ManifestObject,
  ManifestSet,
  Path,
} from '#src/model/index.ts'
import { broken, corpus, inputs, wholeWay } from './inputs.ts'
import { judged, options, setOf } from './judged.ts'
import { policy } from './policy.ts'

const isHolder = (value: unknown): value is object => typeof value === 'object' && value !== null

/** A value in which one member is replaced as a finding states. */
function put(value: unknown, [step, ...rest]: Path, change: Change): unknown {
  if (step === undefined) return 'to' in change ? change.to : undefined
  const inner = (): unknown =>
    put(isHolder(value) ? Reflect.get(value, step) : undefined, rest, change)
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (index === step ? inner() : item))
  const entries = Object.entries(isHolder(value) ? value : {})
  if (rest.length > 0)
    return Object.fromEntries([...entries.filter(([key]) => key !== step), [step, inner()]])
  const others = entries.filter(([key]) => key !== step)
  if ('renamed' in change)
    return Object.fromEntries([...others, [change.renamed, Reflect.get(Object(value), step)]])
  return Object.fromEntries('removed' in change ? others : [...others, [step, inner()]])
}

const isAt = (finding: GateFinding, manifest: ManifestSet['manifests'][number]): boolean => {
  const { line, endLine } = manifest.where([])
  return finding.file === manifest.file && finding.line >= line && finding.line <= endLine
}

/** Objects as they should be after a repair. */
const wanted = (set: ManifestSet, certain: readonly GateFinding[]): readonly ManifestObject[] =>
  set.manifests.map(manifest =>
    // Renames go last, because changes below a misspelt member find it by its old name.
    certain
      .filter(finding => isAt(finding, manifest))
      .flatMap(({ object, change }) =>
        change === undefined ? [] : [{ path: object?.path ?? [], change }],
      )
      .toSorted((a, b) => Number('renamed' in a.change) - Number('renamed' in b.change))
      .reduce<ManifestObject>(
        (object, { path, change }) => put(object, path, change) as ManifestObject,
        manifest.object,
      ),
  )

const certainIn = (
  report: GateReport,
  refused: readonly { finding: GateFinding }[],
): readonly GateFinding[] =>
  report.findings.filter(
    finding =>
      finding.status === 'violated' &&
      finding.change !== undefined &&
      !refused.some(one => one.finding === finding),
  )

const commentsOf = (text: string): readonly string[] => text.match(/#[^\n\r]*/g) ?? []

describe('--fix', () => {
  test('changes only what its findings name, and a second run changes nothing', () => {
    let repaired = 0
    const mendable = broken.filter(text =>
      judged(setOf({ 'a.yaml': text }), policy).findings.some(({ change }) => change !== undefined),
    )
    expect(mendable.length).toBeGreaterThan(12)
    assert(
      property(
        shuffledSubarray([...mendable], { minLength: 1, maxLength: 3 }),
        shuffledSubarray([...broken], { maxLength: 2 }),
        constantFrom('\n', '\r\n'),
        boolean(),
        (some, others, end, byteOrderMark) => {
          const chosen = [...others.slice(1), ...some, ...others.slice(0, 1)]
          let text = `${byteOrderMark ? '\uFEFF' : ''}${chosen.join('---\n').replaceAll('\n', end)}`
          for (let round = 0; round < 5; round += 1) {
            const set = setOf({ 'a.yaml': text })
            const report = judged(set, policy)
            const { files, refused } = changesOf(report, set, options)
            const after = files[0]?.after ?? text
            const certain = certainIn(report, refused)
            expect(setOf({ 'a.yaml': after }).manifests.map(({ object }) => object)).toEqual(
              wanted(set, certain),
            )
            expect([
              commentsOf(after),
              after.startsWith('\uFEFF'),
              documentsIn(after).length,
              end === '\n' || !/[^\r]\n/.test(after),
            ]).toEqual([commentsOf(text), byteOrderMark, documentsIn(text).length, true])
            repaired += certain.length
            if (after === text) return
            text = after
          }
          throw new Error(`it goes on and on:\n${text}`)
        },
      ),
      { numRuns: 100, seed: 6 },
    )
    expect(repaired).toBeGreaterThan(150)
  })

  test('repairs the broken one of two objects with the same name', () => {
    const service = (port: string): string =>
      'apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec:\n  ports:\n' +
      `    - port: ${port}\n`
    const set = setOf({
      'a.yaml': `${service('81')}---\n${service('"80"')}---\n${service('82')}`,
      'b.yaml': service('83'),
    })
    const { files, refused } = changesOf(judged(set, policy), set, options)
    expect([files.map(({ file, after }) => [file, after]), refused]).toEqual([
      [['a.yaml', `${service('81')}---\n${service('80')}---\n${service('82')}`]],
      [],
    ])
  })

  test('a misspelt member gets its name in place, and a second run is clean', () => {
    const text = corpus.find(one => one.includes('revisionHistoryLimt')) ?? ''
    const set = setOf({ 'a.yaml': text })
    const { files, refused } = changesOf(judged(set, policy), set, options)
    expect([files.map(({ after }) => after), refused]).toEqual([
      [text.replace('revisionHistoryLimt', 'revisionHistoryLimit')],
      [],
    ])
    const again = judged(setOf({ 'a.yaml': files[0]?.after ?? '' }), policy)
    expect([again.exitCode, again.findings]).toEqual([0, []])
  })
})

/**
 * Documents of all pairs, each object once. Of two objects with the same name the last one wins, so
 * their order would matter.
 */
const documents = [
  ...new Map(
    corpus
      .flatMap(text =>
        documentsIn(text).map(({ from, to }) => text.slice(from, to).replace(/^---\n/, '')),
      )
      .flatMap(text => {
        const [manifest, ...more] = setOf({ 'a.yaml': text }).manifests
        if (manifest === undefined || more.length > 0 || !text.endsWith('\n')) return []
        const {
          kind,
          metadata: { namespace, name },
        } = manifest.object
        return [[`${kind} ${namespace}/${name}`, text] as const]
      }),
  ).values(),
]

test('the findings do not depend on the order of documents or their split into files', () => {
  expect(documents.length).toBeGreaterThan(20)
  const outcome = (texts: readonly string[], cuts: readonly boolean[]): readonly string[] => {
    const files: string[][] = [[]]
    texts.forEach((text, index) => {
      if (cuts[index] === true) files.push([])
      files.at(-1)?.push(text)
    })
    const report = judged(
      setOf(Object.fromEntries(files.map((each, index) => [`${index}.yaml`, each.join('---\n')]))),
      policy,
    )
    return report.findings
      .map(({ object, rule, code, seen, status, fingerprint, change }) =>
        JSON.stringify([
          object,
          rule,
          code,
          seen,
          status,
          change,
          object === undefined ? '' : fingerprint,
        ]),
      )
      .toSorted()
  }
  const straight = (chosen: readonly string[]): readonly string[] =>
    outcome(
      documents.filter(text => chosen.includes(text)),
      [],
    )
  assert(
    property(
      shuffledSubarray(documents, { minLength: 2, maxLength: 12 }),
      array(boolean(), { minLength: 12, maxLength: 12 }),
      (chosen, cuts) => isDeepStrictEqual(outcome(chosen, cuts), straight(chosen)),
    ),
    { numRuns: 80, seed: 6 },
  )
})

test('no input crashes the gate, from the reader to the last format', () => {
  assert(
    property(inputs, files => void wholeWay(files)),
    { numRuns: 150, seed: 6 },
  )
})
