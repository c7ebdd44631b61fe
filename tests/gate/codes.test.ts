// Every finding code of the gate has a proof: a pair breaks it, another test covers it, or only a
// running cluster can show it.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { invariants as rules } from '#specs/invariants/index.ts'
import { stem } from './judged.ts'
import { notes, unknowns } from './odd.ts'

const root = new URL('../../', import.meta.url)
const sourcesIn = (folder: string): string =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map(name => readFileSync(new URL(`${folder}/${name}`, root), 'utf8'))
    .join('\n')
    // Joins a call or an object that the formatter broke into lines.
    .replaceAll(/([([{,?:])\s*\n\s*/g, '$1 ')
    .replaceAll(/([([]) /g, '$1')
    .replaceAll(/\s*\n\s*([?:]) /g, ' $1 ')
const pairs = readdirSync(new URL('pairs/', import.meta.url), { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.breaks.yaml'))
  .map(name => name.split('/').at(-1)?.split('.')[1] ?? '')

/** Members that may follow a code. */
const next = [
  'seen',
  'means',
  'remedy',
  'at',
  'path',
  'kind',
  'message',
  'description',
  'expected',
  String.raw`\.\.\.`,
]

/** The finding codes in a source: the quoted text behind `code:`. */
const codesOf = (source: string): readonly string[] =>
  [...source.matchAll(new RegExp(`code: (?!string)(.*?)(?:, (?:${next.join('|')})|,?\\n)`, 'g'))]
    // The code itself, or both codes of a conditional.
    .flatMap(([, said = '']) =>
      [
        ...said.matchAll(
          /^['`]/.test(said)
            ? /^['`]([a-z]+(?::[a-z]+)?(?:-[a-z]+)*)/g
            : /[?:] ['`]([a-z]+(?::[a-z]+)?(?:-[a-z]+)*)/g,
        ),
      ].map(([, code = '']) => stem(code)),
    )

/** Codes that are not about an object in a file. Only a running cluster shows them. */
const onlyInAClusters = [
  'acknowledged-write-lost',
  'backup-empty',
  'backup-missing',
  'backup-old',
  'binding-missing',
  'claim-missing',
  'claim-not-bound',
  'claim-terminating',
  'cordoned',
  'current-context',
  'disk-full',
  'disk-missing',
  'docker-stopped',
  'failed',
  'flannel-missing',
  'flannel-unavailable',
  'foreign-cluster',
  'hangs',
  'hidden',
  'image-missing',
  'last-run-failed',
  'memory',
  'module-missing',
  'no-context',
  'node-missing',
  'not-loaded',
  'not-pinned',
  'not-published',
  'not-ready',
  'not-running',
  'pinned-unawares',
  'plist-missing',
  'plist-path',
  'pod-stuck',
  'pod-unknown',
  'port-drifted',
  'port-forward',
  'refused',
  'reset',
  'restart-policy',
  'rollout-hangs',
  'script-missing',
  'script-path',
  'service-missing',
  'service-not-active',
  'silent',
  'socket-lost',
  'ssh-dead',
  'subnet-env-missing',
  'sysctl',
  'taint',
  'tls-fails',
  'tls-not-verified',
  'too-few-ready',
  'unlisted-binding',
  'workload-missing',
  'wrong-answer',
  'wrong-replicas',
  'zombie',
]
/** In files the schema reports it: objects-fit-their-schema.schema-rule.selector. */
const saidBySchema = ['selector-misses-template']

test('invariants', () => {
  const codes = [...new Set(rules.flatMap(rule => rule.codes))].toSorted()
  expect(codes.length).toBeGreaterThan(80)
  expect(
    codes.filter(
      code =>
        !pairs.includes(code) && !onlyInAClusters.includes(code) && !saidBySchema.includes(code),
    ),
  ).toEqual([])
  expect(onlyInAClusters.filter(code => pairs.includes(code) || !codes.includes(code))).toEqual([])
})

test('schemas and API versions', () => {
  const codes = new Set(
    [...sourcesIn('src/schema').matchAll(/'((?:schema|api):[a-z-]+)'/g)].map(([, code = '']) =>
      stem(code),
    ),
  )
  expect(codes.size).toBeGreaterThan(14)
  expect(
    [...codes].filter(
      code => !pairs.includes(code) && !notes.some(note => stem(note.code) === code),
    ),
  ).toEqual([])
})

test('the reader', () => {
  const source = sourcesIn('src/manifests')
  const called = [
    ...source.matchAll(
      new RegExp(
        String.raw`(?:skipped|broken|unreadable|failed)\(` +
          String.raw`(?:\[[^\]]*\], |path, |file, |shown\([^)]*\), |'[^']*', )*'([a-z][a-z-]+)'`,
        'g',
      ),
    ),
  ].map(([, code = '']) => code)
  const codes = [...new Set([...codesOf(source), ...called])]
  expect(codes.length).toBeGreaterThan(25)
  // Codes about the disk and other programs: tests beside files.ts, bytes.ts and rendered.ts cover
  // them.
  const outside = [
    'unreadable',
    'not-utf',
    'nothing-found',
    'render-timed-out',
    'render-failed',
    'render-missing',
    'manifests',
  ]
  // The parser's name for all other YAML errors. files-can-be-read.yaml-bad-indent is one of them.
  const parsers = ['yaml']
  expect(
    codes
      .filter(
        code =>
          !pairs.includes(code) &&
          ![...notes, ...unknowns].some(one => stem(one.code) === code) &&
          ![...outside, ...parsers].includes(code),
      )
      .toSorted(),
  ).toEqual([])
})

test('waivers', () => {
  const codes = new Set(codesOf(sourcesIn('src/gate')).filter(code => code.startsWith('waiver-')))
  expect(
    [...codes]
      .filter(code => !pairs.includes(code) && !notes.some(note => note.code.startsWith(code)))
      .toSorted(),
  ).toEqual([])
})
