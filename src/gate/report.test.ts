// The report of a gate: findings, unknowns, notes, waivers, the baseline, and what fingerprints
// survive.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { policyWith } from '#tests/model/policy.ts'
import { deployments } from '#src/kubernetes/questions/lists.ts'
import { readManifests } from '#src/manifests/index.ts'
import {
  invariant,
  notApplicable,
  unknown,
  type GateReport,
  type Invariant,
  type Manifest,
  type ManifestProblem,
  type Place,
  type Subject,
} from '#src/model/index.ts'
import { deployment, manifestOf, setOf } from './fixture.ts'
import { gate, type Gating } from './report.ts'

const end = Date.parse('2026-11-21T12:00:00Z')
const span = { line: 3, column: 1, endLine: 3, endColumn: 5, from: 0, to: 0 }

/** Every Deployment of the policy's namespaces must have two replicas. */
const twice = (change: { at?: (place: Place) => Place | undefined } = {}): Invariant =>
  invariant<Subject>({
    name: 'all-is-twofold',
    title: 'everything exists twice',
    reason: 'one is none',
    subjects: () => [{ name: 'all' }],
    observe: () => [deployments],
    judge: (_, answers, policy) =>
      answers(deployments)
        .filter(
          ({ spec, metadata }) =>
            policy.namespaces.includes(metadata.namespace ?? '') && (spec.replicas ?? 1) < 2,
        )
        .map(object => {
          const place = {
            apiVersion: object.apiVersion,
            kind: object.kind,
            namespace: object.metadata.namespace ?? '',
            name: object.metadata.name,
            path: ['spec', 'replicas'],
          }
          const at = change.at === undefined ? place : change.at(place)
          return {
            code: 'single',
            seen: `${object.metadata.name} has ${object.spec.replicas ?? 1}`,
            expected: '2',
            remedy: 'scale it',
            change: { to: 2 },
            ...(at === undefined ? {} : { at }),
          }
        }),
  })

const judged = (manifests: readonly Manifest[], change: Partial<Gating> = {}): GateReport =>
  gate({
    set: setOf(...manifests),
    policy: policyWith(),
    invariants: [twice()],
    schema: [],
    namespace: 'default',
    kubernetes: '1.35',
    holdfast: '0.1.0',
    startedAt: end,
    endedAt: end,
    ...change,
  })
const summary = ({ findings }: GateReport): unknown =>
  findings.map(({ file, line, rule, code, status }) => `${file}:${line} ${rule} ${code} ${status}`)
const web = manifestOf(deployment('web'), 'web.yaml')

describe('a finding', () => {
  test('has everything that a person needs, with the clauses of the policy at hand', () => {
    expect(judged([web])).toMatchObject({
      exitCode: 1,
      findings: [
        {
          file: 'web.yaml',
          line: 7,
          column: 3,
          endLine: 7,
          endColumn: 7,
          clauses: ['recovery.automatic'],
          rule: 'all-is-twofold',
          code: 'single',
          seen: 'web has 1',
          expected: '2',
          reason: 'one is none',
          remedy: 'scale it',
          change: { to: 2 },
          status: 'violated',
          object: {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            namespace: 'joelclaw',
            name: 'web',
            path: ['spec', 'replicas'],
          },
          fingerprint: expect.stringMatching(/^[\da-f]{24}$/),
        },
      ],
    })
  })

  test('about no object, or about one outside of the set, is left out', () => {
    expect(
      judged([web], { invariants: [twice({ at: place => ({ ...place, name: 'other' }) })] }),
    ).toMatchObject({ findings: [], exitCode: 0 })
    expect(judged([web], { invariants: [twice({ at: () => undefined })] })).toMatchObject({
      findings: [],
      exitCode: 0,
    })
  })

  test('is reported once, however many subjects raise it', () => {
    const both = { ...twice(), subjects: () => [{ name: 'one' }, { name: 'other' }] }
    expect(summary(judged([web], { invariants: [both] }))).toEqual([
      'web.yaml:7 all-is-twofold single violated',
    ])
  })

  test('of an object in two files is about the last, which an apply keeps', () => {
    const first = manifestOf(deployment('web'), 'a.yaml')
    const last = manifestOf(deployment('web'), 'b.yaml', { line: 20 })
    expect(summary(judged([first, last]))).toEqual(['b.yaml:26 all-is-twofold single violated'])
  })

  test('finds its object whether the namespace is written out or not', () => {
    const {
      metadata: { name },
      ...rest
    } = deployment('web')
    expect(summary(judged([manifestOf({ ...rest, metadata: { name } }, 'x.yaml')]))).toEqual([
      'x.yaml:4 all-is-twofold single violated',
    ])
  })
})

describe('a set of manifests', () => {
  const problem = (kind: ManifestProblem['kind'], code: string): ManifestProblem => ({
    file: 'odd.yaml',
    span,
    code,
    kind,
    seen: 'something odd',
    expected: 'nothing odd',
    remedy: 'mend it',
  })
  const withProblem = (one: ManifestProblem): GateReport =>
    judged([], {
      set: { ...setOf(), problems: [one], texts: new Map([['odd.yaml', 'a\nb\nc: 1\n']]) },
    })

  test('with an unreadable file is unknown, and never a pass', () => {
    expect(withProblem(problem('unreadable', 'too-large'))).toMatchObject({
      exitCode: 2,
      findings: [],
      unknowns: [
        {
          file: 'odd.yaml',
          line: 3,
          column: 1,
          code: 'too-large',
          message: 'something odd',
          remedy: 'mend it',
        },
      ],
    })
  })

  test('with a mistake in a file has a finding of a rule of the gate', () => {
    expect(withProblem(problem('broken', 'yaml:tab'))).toMatchObject({
      exitCode: 1,
      unknowns: [],
      findings: [{ file: 'odd.yaml', line: 3, rule: 'files-can-be-read', code: 'yaml:tab' }],
    })
    expect(withProblem(problem('broken', 'twice')).findings).toMatchObject([
      { rule: 'objects-are-unique' },
    ])
  })

  test('with a mistake names the object at its lines, after a binary search', () => {
    let looks = 0
    const objects = Array.from({ length: 256 }, (_, index): Manifest => ({
      ...manifestOf(deployment(`d${index}`), 'many.yaml'),
      where: () => {
        looks += 1
        return { ...span, from: index * 10, to: index * 10 + 8 }
      },
    }))
    const at = (from: number): ManifestProblem => ({
      ...problem('broken', 'placeholder'),
      file: 'many.yaml',
      span: { ...span, from, to: from + 1 },
    })
    const found = judged([], {
      set: {
        ...setOf(...objects),
        problems: [at(0), at(1005), at(2557), at(1009), { ...at(5), file: 'other.yaml' }],
      },
      invariants: [],
    }).findings
    expect(found.map(({ file, object }) => `${file} ${object?.name}`).toSorted()).toEqual([
      'many.yaml d0',
      'many.yaml d100',
      'many.yaml d255',
      'many.yaml undefined',
      'other.yaml undefined',
    ])
    expect(looks).toBeLessThan(4 * (Math.log2(256) + 2))
  })

  test('lists skipped documents, which do not count', () => {
    expect(withProblem(problem('skipped', 'helm-values'))).toMatchObject({
      exitCode: 0,
      notes: [{ kind: 'not-judged', code: 'helm-values', message: 'something odd. mend it' }],
    })
  })

  test('with a violation and an unknown reports both and exits for the violation', () => {
    expect(
      judged([web], {
        unknowns: [{ code: 'render-missing', message: 'no helm', remedy: 'install it' }],
      }),
    ).toMatchObject({ exitCode: 1, unknowns: [{ code: 'render-missing' }] })
  })

  test('is unknown to a judge that fails', () => {
    const failing = {
      ...twice(),
      judge: () => {
        throw new TypeError('x is undefined')
      },
    }
    expect(judged([web], { invariants: [failing] })).toMatchObject({
      exitCode: 2,
      unknowns: [
        {
          code: 'judge-failed:all-is-twofold',
          message: 'all-is-twofold on all: the judge itself failed: TypeError: x is undefined',
        },
      ],
    })
  })

  test('is judged without the objects that their schema rejects if they crash a judge', () => {
    const odd = manifestOf({ ...deployment('odd'), spec: null } as never, 'odd.yaml')
    const picky: Invariant = {
      ...twice(),
      judge: (subject, answers, policy) => {
        for (const { spec } of answers(deployments)) void spec.replicas
        return twice().judge(subject, answers, policy)
      },
    }
    const schema = [
      {
        manifest: odd,
        finding: {
          code: 'schema:type',
          seen: 'spec is null',
          expected: 'an object',
          remedy: 'write one',
          at: { kind: 'Deployment', namespace: 'joelclaw', name: 'odd', path: ['spec'] },
        },
      },
    ]
    expect(summary(judged([web, odd], { invariants: [picky], schema }))).toEqual([
      'odd.yaml:7 objects-fit-their-schema schema:type violated',
      'web.yaml:7 all-is-twofold single violated',
    ])
    expect(judged([web, odd], { invariants: [picky] })).toMatchObject({ exitCode: 2 })
  })

  test('lists verdicts that need a cluster, which do not count', () => {
    const blind = { ...twice(), judge: () => unknown('its age is unknown') }
    expect(judged([web], { invariants: [blind] })).toMatchObject({
      exitCode: 0,
      unknowns: [],
      notes: [
        {
          file: '',
          kind: 'not-judged',
          code: 'unknown:all-is-twofold',
          message: 'all-is-twofold on all: its age is unknown',
        },
      ],
    })
  })

  test('has no finding where an invariant does not apply', () => {
    const absent = { ...twice(), judge: () => notApplicable('no workers') }
    expect(judged([web], { invariants: [absent] })).toMatchObject({
      exitCode: 0,
      findings: [],
      unknowns: [],
    })
  })
})

describe('waivers and baselines', () => {
  const note = 'all-is-twofold; owner=joel; until=2027-01-31; reason=one is enough'

  test('keep findings from counting, and the report lists them', () => {
    const waived = manifestOf(
      deployment('web', {}, { annotations: { 'holdfast.dev/waive': note } }),
      'web.yaml',
    )
    expect(judged([waived])).toMatchObject({
      exitCode: 0,
      findings: [
        {
          status: 'waived',
          waiver: { owner: 'joel', until: '2027-01-31', reason: 'one is enough', from: 'object' },
        },
      ],
    })
    const before = new Set(judged([web]).findings.map(({ fingerprint }) => fingerprint))
    const more = manifestOf(deployment('api'), 'api.yaml')
    expect(judged([web], { baseline: before })).toMatchObject({
      exitCode: 0,
      findings: [{ status: 'baseline' }],
    })
    expect(summary(judged([web, more], { baseline: before }))).toEqual([
      'api.yaml:7 all-is-twofold single violated',
      'web.yaml:7 all-is-twofold single baseline',
    ])
  })

  test('of rules that are not selected are not idle', () => {
    const waived = manifestOf(
      deployment('web', {}, { annotations: { 'holdfast.dev/waive': note } }),
      'web.yaml',
    )
    expect(judged([waived], { selects: name => name === 'other' })).toMatchObject({
      exitCode: 0,
      findings: [],
      notes: [],
    })
  })
})

describe('a fingerprint', () => {
  const text = (name: string, extra = ''): string =>
    [
      'apiVersion: apps/v1',
      'kind: Deployment',
      `metadata: {name: ${name}, namespace: joelclaw}`,
      'spec:',
      `${extra}  selector: {matchLabels: {app: ${name}}}`,
      '',
    ].join('\n')
  const prints = (files: Readonly<Record<string, string>>): readonly string[] => {
    const set = readManifests({ texts: new Map(Object.entries(files)) })
    return judged([], { set })
      .findings.map(({ fingerprint }) => fingerprint)
      .toSorted()
  }

  test('survives moved lines, renamed files and split files', () => {
    const plain = prints({ 'a.yaml': `${text('web')}---\n${text('api')}` })
    expect(plain).toHaveLength(2)
    expect(
      prints({ 'a.yaml': `# one\n# two\n\n${text('web', '  # three\n')}---\n${text('api')}` }),
    ).toEqual(plain)
    expect(prints({ 'x/web.yaml': text('web'), 'y/api.yaml': text('api') })).toEqual(plain)
    expect(prints({ 'a.yaml': `${text('api')}---\n${text('web')}` })).toEqual(plain)
  })

  test('differs between objects, and between findings on the same member', () => {
    const set = readManifests({ texts: new Map([['a.yaml', text('web')]]) })
    const schema = ['x', 'x'].map(() => ({
      manifest: set.manifests[0]!,
      finding: {
        code: 'schema:type',
        seen: 'odd',
        expected: '',
        remedy: '',
        at: { kind: 'Deployment', name: 'web', path: ['spec'] },
      },
    }))
    const found = judged([], { set, schema }).findings.map(({ fingerprint }) => fingerprint)
    expect(new Set(found).size).toBe(3)
  })

  test('depends on the names of list elements, not on their indexes', () => {
    const containers = (names: readonly string[]): string => {
      const list = names.map(name => `{name: ${name}, image: a:1}`).join(', ')
      return text('web', `  template: {spec: {containers: [${list}]}}\n`)
    }
    const print = (names: readonly string[]): unknown => {
      const set = readManifests({ texts: new Map([['a.yaml', containers(names)]]) })
      const path = ['spec', 'template', 'spec', 'containers', names.indexOf('main'), 'image']
      return judged([], {
        set,
        invariants: [],
        schema: [
          {
            manifest: set.manifests[0]!,
            finding: {
              code: 'c',
              seen: '',
              expected: '',
              remedy: '',
              at: { kind: 'Deployment', name: 'web', path },
            },
          },
        ],
      }).findings[0]?.fingerprint
    }
    expect(print(['before', 'main'])).toBe(print(['main', 'after', 'more']))
  })

  test('is the same for documents in any order and in any files', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'] as const
    const plan = fc.record({
      order: fc.shuffledSubarray([...names], { minLength: names.length }),
      cuts: fc.array(fc.boolean(), { minLength: names.length, maxLength: names.length }),
    })
    const outcome = (order: readonly string[], cuts: readonly boolean[]): unknown => {
      const files: string[][] = [[]]
      order.forEach((name, index) => {
        if (cuts[index] === true) files.push([])
        files.at(-1)?.push(text(name, name === 'c' ? '  replicas: 2\n' : ''))
      })
      const texts = files.map(
        (documents, index) => [`${index}.yaml`, documents.join('---\n')] as const,
      )
      const set = readManifests({ texts: new Map(texts) })
      const report = judged([], { set })
      return [
        report.exitCode,
        report.findings
          .map(({ object, code, seen, fingerprint, change }) =>
            JSON.stringify([object, code, seen, fingerprint, change]),
          )
          .toSorted(),
      ]
    }
    const straight = outcome(names, [])
    fc.assert(
      fc.property(plan, ({ order, cuts }) => {
        expect(outcome(order, cuts)).toEqual(straight)
      }),
      { numRuns: 40 },
    )
  })
})
