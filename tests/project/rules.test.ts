// Rules of the code that neither the type checker nor a linter checks.
import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importsOf, lineOf, projectFiles, sources, textOf, type Source } from './source.ts'

/** Where a pattern matches in code, outside of comments and texts. */
const places = (pattern: RegExp, among: readonly Source[]): readonly string[] =>
  among.flatMap(source =>
    [...source.code.matchAll(pattern)].map(
      match => `${source.path}:${lineOf(source, match.index)} ${match[0].trim()}`,
    ),
  )

/** Alternatives in one pattern. */
const anyOf = (...patterns: readonly RegExp[]): RegExp =>
  new RegExp(patterns.map(({ source }) => source).join('|'), 'g')

/** Comments that postpone work, or that switch a rule off without a reason. */
const unfinished = [
  /\b(TODO|FIXME|XXX|HACK)\b/,
  /@ts-(ignore|nocheck|expect-error)/,
  /(oxlint|eslint)-disable(?!-next-line \S+ -- \S.{10,})/,
]

/** Tests that are switched off, or that switch others off. */
const leftOut = anyOf(
  /\b(?:test|describe|it|suite)(?:\.\w+)*\.(?:only|todo|skip|skipIf|runIf|fails)\b/,
  /\b(?:xit|xtest|xdescribe|fit|fdescribe)\(/,
)

/** Random numbers. */
const dice = anyOf(
  /\bMath\.random\(/,
  /\bcrypto\.(?:randomUUID|randomBytes|getRandomValues|randomInt)\(/,
  /\b(?:randomUUID|randomBytes|randomInt)\(/,
)

const platformWords = [
  'docker',
  'colima',
  'lima',
  'limactl',
  'talos',
  'talosctl',
  'talosconfig',
  'launchd',
  'launchctl',
  'flannel',
  'ssh',
  'systemd',
  'k3s',
  'proxmox',
  'longhorn',
]

const within = (path: string, folders: readonly string[]): boolean =>
  folders.some(folder => path === folder || path.startsWith(`${folder}/`))
const isTest = ({ path }: Source): boolean => path.endsWith('.test.ts')

describe('files', () => {
  test('are named after what they hold', () => {
    const empty = /^(utils?|common|misc|shared|stuff|lib)$/
    expect(
      projectFiles.filter(path =>
        path.split('/').some(part => empty.test(part.split('.')[0] ?? '')),
      ),
    ).toEqual([])
  })

  test('say in their first line what they are for', () => {
    const silent = sources.filter(({ text }) => !/^(#!.*\n)?\/\/ \S.{10,}/.test(text))
    expect(silent.map(({ path }) => path)).toEqual([])
  })

  const lines = ({ code }: Source): number =>
    code.split('\n').filter(line => line.trim() !== '').length

  test('stay small: at most 300 lines of code, and nine of ten at most 200', () => {
    /** Longer files, each with its reason. */
    const reasons: Readonly<Record<string, string>> = {
      'src/schema/rules/migrations.ts': 'a table: what Kubernetes has taken away',
      'src/schema/rules/rules-kinds.ts': 'a table: what the API server refuses, kind by kind',
      'src/schema/rules/rules-pod.ts': 'a table: what the API server refuses in a pod',
      'tests/red/breaks/host.ts': 'a table: how each rule about the host is broken',
      'tests/red/breaks/workloads.ts': 'a table: how each rule about workloads is broken',
      'tests/red/rules/pairs.ts': 'a table: the smallest change that breaks each rule',
      'tests/reporting/sample-drills.ts': 'data: drills of the sample run',
      'tests/reporting/sample-policy.ts': 'data: the policy of the sample run',
      'tests/reporting/sample.ts': 'data: the sample run',
    }
    const judged = sources.filter(source => !isTest(source))
    const long = judged.filter(source => lines(source) > 300).map(({ path }) => path)
    expect(long).toEqual(Object.keys(reasons))
    const small = judged.filter(source => lines(source) <= 200)
    expect(small.length / judged.length).toBeGreaterThan(0.9)
  })

  test('of tests stay small, too: at most 500 lines of code', () => {
    const long = sources.filter(source => isTest(source) && lines(source) > 500)
    expect(long.map(({ path }) => path)).toEqual([])
  })

  test('are at most 20 in a folder, beside their tests', () => {
    const inFolder = Map.groupBy(
      sources.filter(source => !isTest(source) && !source.path.startsWith('tests/')),
      ({ path }) => dirname(path),
    )
    const wide = [...inFolder].filter(([, files]) => files.length > 20)
    expect(wide.map(([folder, files]) => `${folder}: ${files.length}`)).toEqual([])
  })

  test('fit into 100 columns', () => {
    const wide = projectFiles
      .filter(path => /\.(ts|mjs)$/.test(path))
      .flatMap(path =>
        textOf(path)
          .split('\n')
          .flatMap((line, index) => (line.length > 100 ? [`${path}:${index + 1}`] : [])),
      )
    expect(wide).toEqual([])
  })

  test('hold nothing that was left for later, and switch no rule off without a reason', () => {
    const marks = sources.flatMap(({ path, comments }) =>
      comments
        .filter(({ text }) => unfinished.some(pattern => pattern.test(text)))
        .map(({ first }) => `${path}:${first}`),
    )
    expect(marks).toEqual([])
  })
})

describe('tests', () => {
  test('are all run, each for itself', () => {
    expect(places(leftOut, sources.filter(isTest))).toEqual([])
  })

  test('replace no module of ours', () => {
    expect(
      places(/\bvi\.(mock|doMock|spyOn|stubGlobal|useFakeTimers|hoisted)\b/g, sources),
    ).toEqual([])
  })

  test('assert something, by themselves or by what they import', () => {
    const asserts = new Set(
      sources.filter(({ code }) => /\bexpect\b/.test(code)).map(({ path }) => path),
    )
    const without = sources
      .filter(isTest)
      .filter(
        source =>
          !asserts.has(source.path) &&
          !importsOf(source).some(({ to }) => to !== undefined && asserts.has(to)),
      )
    expect(without.map(({ path }) => path)).toEqual([])
  })
})

describe('time, chance and the outside', () => {
  /**
   * Code that reads the real clock, waits for it, uses chance or leaves the process: the files that
   * may do so, each with its reason. imports.test.ts checks packages.
   */
  const rules: readonly { pattern: RegExp; allowed: Readonly<Record<string, string>> }[] = [
    {
      pattern:
        /\bDate\.now\(|\bnew Date\(\)|\bperformance\.(now|timeOrigin)\b|\bprocess\.hrtime\b/g,
      allowed: {
        'src/targets/live': 'the real clock is what it gives',
        'lab/serve': 'real programs live in real time, and the lab keeps up with it',
        'src/runs': 'a run is named after the time at which a person started it',
        'src/cli': 'a report says when its run began and ended',
      },
    },
    {
      pattern: /\b(?:setTimeout|setInterval|setImmediate)\(|\bscheduler\.(?:wait|yield)\(/g,
      allowed: {
        'src/targets/live': 'deadlines of real commands and connections',
        'lab/kernel': 'real timers get a turn while virtual time passes',
        'lab/serve': 'the beat at which the lab keeps up with real time',
        'src/runs/container':
          'a container that is being created gets a moment before it is removed',
      },
    },
    {
      pattern: dice,
      allowed: {
        'src/targets/live': 'names of new files, and chance that nobody has to repeat',
        'src/runs/container': 'names of containers that must not meet those of another run',
        'lab/serve': 'certificates and names of files of real programs',
      },
    },
    {
      pattern: /(?<![.\w])fetch\(/g,
      allowed: {},
    },
    {
      pattern: /\bprocess\.(?:env|exit|cwd|argv|stdout|stderr|kill)\b|\bconsole\.\w+\(/g,
      allowed: {
        'src/targets/live': 'the environment and the output of commands',
        'src/cli': 'the output of the command line',
        'src/runs': 'progress on the screen and the end of the process',
        'src/engine/lock': 'whether the holder of a lock is alive',
        'src/schema/packed/pack-schema.ts': 'a program of its own, with arguments',
        'lab/serve': 'programs of their own, with arguments and output',
      },
    },
  ]

  test.each(rules)('$pattern', ({ pattern, allowed }) => {
    // Tests that talk to a real process or a real server need a real clock to wait for it.
    const judged = sources.filter(
      source =>
        !isTest(source) &&
        !within(source.path, Object.keys(allowed)) &&
        !within(source.path, ['tests', 'bench']),
    )
    expect(places(pattern, judged)).toEqual([])
  })

  test('every exception is still needed', () => {
    const idle = rules.flatMap(({ pattern, allowed }) =>
      Object.keys(allowed)
        .filter(
          folder =>
            places(
              pattern,
              sources.filter(({ path }) => within(path, [folder])),
            ).length === 0,
        )
        .map(folder => `${folder} no longer needs ${pattern.source}`),
    )
    expect(idle).toEqual([])
  })
})

test('the linter and the type checker look at everything', () => {
  const config = JSON.parse(textOf('tsconfig.json')) as { include: readonly string[] }
  const folders = new Set(sources.map(({ path }) => path.split('/')[0] ?? ''))
  expect([...folders].filter(folder => !config.include.includes(folder))).toEqual([])
})

describe('the machinery', () => {
  /** Words that name a platform or a program of one. */
  const platforms = new RegExp(`\\b(${platformWords.join('|')})\\b`, 'gi')

  test('names no platform: not in code, not in texts, not in comments', () => {
    const judged = sources.filter(
      source =>
        source.path.startsWith('src/') &&
        // The target that is a node in a container starts one, and says so.
        !source.path.startsWith('src/targets/container/') &&
        !source.path.startsWith('src/runs/container/') &&
        // Test data shows a report of a real cluster.
        !/^src\/reporting\/(gate\/)?sample/.test(source.path) &&
        !isTest(source),
    )
    const named = judged.flatMap(({ path, text }) =>
      // The folder that an import leads to is no knowledge of what is in it: helpers are listed.
      [...text.replaceAll(/from '#helpers\/[^']*'/g, '').matchAll(platforms)].map(
        ([word]) => `${path}: ${word}`,
      ),
    )
    expect(named).toEqual([])
  })
})
