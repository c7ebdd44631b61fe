// Tests every rule for manifests with pairs, in files and in the API: the valid one changes no
// verdict, and the broken one has exactly the expected findings.
import { reasonOf } from '#src/reporting/sentences.ts'
import { array, assert, constantFrom, nat, property } from 'fast-check'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { resources, type Resource } from '#src/kubernetes/client.ts'
import { judgeAll } from '#src/engine/evaluate/judge.ts'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import {
  nameOf,
  manifestRules,
  type Finding,
  type KubeObject,
  type Policy,
  type Snapshot,
} from '#src/model/index.ts'
import { isJsonObject } from '#src/model/json.ts'
import { invariants as all } from '#specs/invariants/index.ts'
import { changed } from './rules/changed.ts'
import { namespace } from './rules/objects.ts'
import { pairs, type Pair } from './rules/pairs.ts'
import { strict } from './rules/policy.ts'
import { boot, joelclaw, type Verdicts } from './world.ts'

/** A manifest cannot have the findings that need a running cluster. */
const running = ['critical-claims-are-bound', 'no-pod-is-stuck']
const invariants = all.filter(
  ({ name, subjects }) => subjects(strict).length > 0 && !running.includes(name),
)
const world = boot({ policy: strict })
const kube = await world.kube()
await kube.create(resources.namespaces, {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: namespace },
})
const empty = (await evaluate(invariants, world.runtime, strict)).snapshot

/** A JSON schema, as far as it has members. */
interface Json {
  properties?: Record<string, Json>
}

const resourceOf = ({ kind }: KubeObject): Resource =>
  Object.values<Resource>(resources).find(resource => resource.kind === kind)!
const judged = (snapshot: Snapshot, policy: Policy): Verdicts =>
  new Map(
    judgeAll(invariants, snapshot, policy).map(judgement => [nameOf(judgement), judgement.verdict]),
  )

/** An evaluation of the same cluster with objects from files beside those of the API. */
function withFiles(objects: readonly KubeObject[]): Snapshot {
  const answers = { ...empty.answers }
  for (const object of objects) {
    // holdfast asks for Secrets only in the namespaces of the policy.
    const place = object.kind === 'Secret' ? `.in.${object.metadata.namespace ?? ''}` : ''
    const key = `kubernetes.${resourceOf(object).plural}${place}`
    const answer = answers[key]
    if (answer?.kind !== 'known' || !Array.isArray(answer.value))
      throw new Error(`nobody has asked ${key}`)
    answers[key] = { ...answer, value: [...(answer.value as readonly unknown[]), object] }
  }
  return { ...empty, answers }
}

/** Evaluates while the API has the objects, and deletes them afterwards. */
async function withApi(objects: readonly KubeObject[]): Promise<Snapshot> {
  try {
    for (const object of objects) await kube.create(resourceOf(object), object)
    return (await evaluate(invariants, world.runtime, strict)).snapshot
  } finally {
    for (const object of objects.toReversed())
      await kube.remove(resourceOf(object), object.metadata.name, object.metadata.namespace, {
        gracePeriodSeconds: 0,
      })
  }
}

/** A copy in which one member, at the given path, has another value. */
function spoilt(value: unknown, [step, ...rest]: readonly number[], junk: unknown): unknown {
  if (step === undefined || typeof value !== 'object' || value === null) return junk
  const keys = Object.keys(value)
  const key = keys[step % Math.max(1, keys.length)]
  if (key === undefined) return junk
  if (Array.isArray(value))
    return value.map((item: unknown, index) =>
      String(index) === key ? spoilt(item, rest, junk) : item,
    )
  return { ...value, [key]: spoilt(Reflect.get(value, key), rest, junk) }
}

/** Findings that are new. A verdict that newly holds is not a finding. */
function found(
  snapshot: Snapshot,
  { policy = same => same }: Pair,
): Record<string, readonly Finding[]> {
  const before = judged(empty, policy(strict))
  const known = (name: string): ReadonlySet<string> => {
    const verdict = before.get(name)
    return new Set(
      verdict !== undefined && 'findings' in verdict
        ? verdict.findings.map(({ code }) => code)
        : [],
    )
  }
  return Object.fromEntries(
    [...judged(snapshot, policy(strict))].flatMap(([name, verdict]) => {
      if (verdict.kind === 'unknown' && before.get(name)?.kind !== 'unknown')
        throw new Error(`${name}: ${reasonOf({ verdict })}`)
      const fresh =
        verdict.kind === 'violated'
          ? verdict.findings.filter(({ code }) => !known(name).has(code))
          : []
      return fresh.length === 0 ? [] : [[name, fresh] as const]
    }),
  )
}

const codes = (findings: Record<string, readonly Finding[]>): Record<string, readonly string[]> =>
  Object.fromEntries(
    Object.entries(findings).map(([name, list]) => [name, list.map(({ code }) => code)]),
  )

function placeInWords({ at, change }: Finding): string {
  const place =
    at === undefined
      ? 'nowhere'
      : `${at.kind} ${at.namespace ?? '-'}/${at.name} ${at.path.join('.')}`
  if (change === undefined) return place
  return `${place} ← ${'to' in change ? JSON.stringify(change.to) : Object.keys(change).join()}`
}

/** Everything that a report shows about one pair. */
const pairText = (pair: Pair): string =>
  [
    `# ${pair.name}`,
    ...Object.entries(found(withFiles(pair.breaks), pair)).flatMap(([name, findings]) => [
      name,
      ...findings.map(
        finding =>
          `  ${finding.code}\n    at ${placeInWords(finding)}\n    seen ${finding.seen}\n` +
          `    expected ${finding.expected}\n    remedy ${finding.remedy}`,
      ),
    ]),
  ].join('\n')

test('in the namespace of the pairs, everything holds before', () => {
  const here = [...judged(empty, strict)].filter(([name]) =>
    name.endsWith(` · namespace ${namespace}`),
  )
  expect(here.length).toBeGreaterThan(14)
  expect(here.filter(([, { kind }]) => kind !== 'holds')).toEqual([])
})

const named = (chosen: readonly Pair[]) => chosen.map(pair => [pair.name, pair] as const)

test.for(named(pairs.filter(({ where }) => where !== 'api')))('in files: %s', ([, pair]) => {
  expect(codes(found(withFiles(pair.holds), pair))).toEqual({})
  const findings = found(withFiles(pair.breaks), pair)
  expect(codes(findings)).toEqual(pair.finds)
  // Applying the certain change removes the finding.
  const all = Object.values(findings).flat()
  const repaired = found(withFiles(pair.breaks.map(object => changed(object, all))), pair)
  expect(Object.values(repaired).flat()).toEqual(all.filter(({ change }) => change === undefined))
})

test.for(named(pairs.filter(({ where }) => where !== 'files')))(
  'in the API: %s',
  async ([, pair]) => {
    expect(codes(found(await withApi(pair.holds), pair))).toEqual({})
    expect(codes(found(await withApi(pair.breaks), pair))).toEqual(pair.finds)
  },
)

test.for(named(pairs.filter(({ where }) => where === undefined)))(
  'in both alike: %s',
  async ([, pair]) => {
    expect(found(await withApi(pair.breaks), pair)).toEqual(found(withFiles(pair.breaks), pair))
  },
)

test.for(
  named(pairs.filter(({ where, finds }) => where !== 'api' && Object.keys(finds).length > 0)),
)('unknown, when any of what it needs cannot be seen: %s', ([, pair]) => {
  const whole = withFiles(pair.breaks)
  const policy = pair.policy?.(strict) ?? strict
  for (const name of Object.keys(pair.finds)) {
    const invariant = invariants.find(candidate => name.startsWith(`${candidate.name} · `))!
    // The probe rule for bare pods needs only the list of pods. The rule about foreign NodePorts
    // needs the list of Services.
    const alone = {
      'containers-have-probes': 'kubernetes.pods',
      'port-table-agrees': 'kubernetes.services',
    }[invariant.name]
    // Secrets of the other namespaces are of no interest to this one.
    const isOurs = (key: string): boolean =>
      !key.startsWith('kubernetes.secrets.in.') || key.endsWith(`.${namespace}`)
    for (const { key } of invariant
      .observe(policy)
      .filter(
        question => isOurs(question.key) && (alone === undefined || question.key === alone),
      )) {
      const { description, origin, at, tookMs } = whole.answers[key]!
      const blind: Snapshot = {
        ...whole,
        answers: {
          ...whole.answers,
          [key]: { kind: 'unknown', why: 'cut', description, origin, at, tookMs },
        },
      }
      expect([name, key, judged(blind, policy).get(name)?.kind]).toEqual([name, key, 'unknown'])
    }
  }
})

test('the report of each pair', async () => {
  await expect(
    `${pairs
      .filter(({ finds }) => Object.keys(finds).length > 0)
      .map(pairText)
      .join('\n\n')}\n`,
  ).toMatchFileSnapshot('rules/findings.txt')
})

test('no pair is listed twice, and no pair leaves anything behind', async () => {
  const names = pairs.map(({ name }) => name)
  expect(names).toEqual([...new Set(names)])
  expect(judged((await evaluate(invariants, world.runtime, strict)).snapshot, strict)).toEqual(
    judged(empty, strict),
  )
})

test(
  'whatever stands in an object in the place of what belongs there, no judge of manifests ' +
    'stumbles over it',
  () => {
    const whole = pairs.flatMap(({ breaks }) => breaks)
    const rules = invariants.filter(({ subjects }) =>
      subjects(strict).some(
        ({ name }) =>
          name === `namespace ${namespace}` ||
          name === 'NodePorts' ||
          name.startsWith('pods that') ||
          name.startsWith('storage classes'),
      ),
    )
    const junk = constantFrom<unknown>(null, 'text', 7, true, [], {}, [null], [7], [[]], {
      a: null,
    })
    assert(
      property(nat(), array(nat(), { minLength: 1, maxLength: 8 }), junk, (which, steps, value) => {
        const object = whole[which % whole.length]!
        const spec: unknown = Reflect.get(object, 'spec')
        if (!isJsonObject(spec)) return
        const broken: KubeObject & { spec: unknown } = {
          ...object,
          spec: spoilt(spec, steps, value),
        }
        const failed = judgeAll(rules, withFiles([broken]), strict).flatMap(
          ({ invariant, verdict }) =>
            verdict.kind === 'unknown' ? [`${invariant}: ${reasonOf({ verdict })}`] : [],
        )
        expect(failed).toEqual([])
      }),
      { numRuns: 300, seed: 148 },
    )
  },
)

test('no value of a Secret is in a snapshot', async () => {
  const value = btoa('tr0ub4dor')
  const snapshot = await withApi([
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'keys',
        namespace,
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': value },
      },
      data: { token: value },
    } as KubeObject,
  ])
  const text = JSON.stringify(snapshot)
  expect([
    text.includes(value),
    text.includes('tr0ub4dor'),
    text.includes('"token":"kept"'),
  ]).toEqual([false, false, true])
})

test('every rule of a policy is documented, with its invariant', () => {
  const text = readFileSync(new URL('../../docs/rules.md', import.meta.url), 'utf8')
  const schema = z.toJSONSchema(manifestRules, { io: 'input' })
  const members = (at: Json, path: string): readonly string[] =>
    Object.entries(at.properties ?? {}).flatMap(([name, inner]) =>
      inner.properties === undefined || name === 'range' || name === 'references'
        ? [`${path}${name}`]
        : members(inner, `${path}${name}.`),
    )
  expect(members(schema as Json, '').length).toBeGreaterThan(18)
  expect(members(schema as Json, '').filter(member => !text.includes(`\`${member}`))).toEqual([])
  const named = [...text.matchAll(/\| `([a-z-]+)` \|$/gm)].map(match => match[1])
  expect(named.filter(name => !all.some(invariant => invariant.name === name))).toEqual([])
})

test('joelclaw asks for the rules that its documents ask for, and for no other', () => {
  const rules = invariants
    .filter(
      ({ subjects }) =>
        subjects({ ...strict, manifests: joelclaw.manifests, taints: joelclaw.taints }).length ===
        0,
    )
    .map(({ name }) => name)
  expect(rules.toSorted()).toEqual([
    'budgets-let-nodes-drain',
    'containers-are-confined',
    'liveness-asks-for-itself',
    'selectors-find-their-pods',
    'single-writers-have-one-pod',
    'volumes-are-retained',
  ])
})
