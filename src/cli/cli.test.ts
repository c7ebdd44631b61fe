// The command line as its users run it: a real process, its output, and its exit code.
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { runSchema } from '#src/reporting/json.ts'
import { holdfast, holdfasts, temporary, vitest, type Ended } from '#tests/project/process.ts'
import { verbs } from './commands.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { verbHelp } from './help.ts'

const folder = temporary()
const reports = join(folder, 'reports')
const policy = await loadPolicy('joelclaw')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Writes a file into the folder of this run and returns its path. */
function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/**
 * What a person sees after a mistake, without the progress line and with `…` for the temporary
 * folder.
 */
const complaint = ({
  code,
  stdout,
  stderr,
}: Ended): { code: number | null; stdout: string; stderr: string } => ({
  code,
  stdout,
  stderr: stderr
    .replaceAll(folder, '…')
    .replace(/^holdfast: (looking at|judging|planning|drilling|healing) .*\n/, ''),
})

/** One message and no stack trace. */
const isOneMessage = (text: string): boolean =>
  /^holdfast: \S/.test(text) &&
  text.split('holdfast: ').length === 2 &&
  !/\n\s+at /.test(text) &&
  text.endsWith('\n')

/** One check that several tests use: they judge its saved evidence again. */
const first = holdfast(['check', '--reports', reports, '--json'])
const snapshotOf = async (): Promise<string> => {
  await first
  return join(reports, readFileSync(join(reports, 'latest'), 'utf8').trim(), 'snapshot.json')
}

/** Its snapshot, judged again: as another cluster's, and with one answer removed. */
const again = (async () => {
  const path = await snapshotOf()
  const saved = JSON.parse(readFileSync(path, 'utf8')) as {
    cluster: string
    answers: Record<string, { kind: string; value?: unknown; why?: string }>
  }
  const elsewhere = file('elsewhere.json', JSON.stringify({ ...saved, cluster: 'elsewhere' }))
  for (const answer of Object.values(saved.answers)
    .filter(({ value }) => Array.isArray(value))
    .slice(0, 1)) {
    answer.kind = 'unknown'
    delete answer.value
    answer.why = 'the cable was cut'
  }
  const cut = file('cut.json', JSON.stringify(saved))
  const ended = await holdfasts(
    [elsewhere, cut].map(snapshot => [
      'check',
      '--snapshot',
      snapshot,
      '--reports',
      join(folder, 'again'),
      '--json',
    ]),
  )
  return { elsewhere: ended[0]!, cut: ended[1]! }
})()

/** A broken world: checked, planned, healed. */
const cordoned = [
  '--after',
  'node-comes-back-cordoned',
  '--reports',
  join(folder, 'cordoned'),
] as const
const suffering = holdfasts([
  ['check', ...cordoned, '--only', 'nodes-are-schedulable'],
  ['report', '--reports', join(folder, 'cordoned')],
  ['heal', ...cordoned, '--json'],
  ['heal', ...cordoned, '--apply', '--json'],
])

describe.concurrent('help', () => {
  test('goes to stdout, for holdfast and for each verb', async () => {
    const [general, ...each] = await holdfasts([['--help'], ...verbs.map(verb => [verb, '--help'])])
    expect(general).toMatchObject({ code: 0, stderr: '' })
    for (const verb of verbs) expect(general?.stdout).toContain(`holdfast ${verb}`)
    expect(each).toEqual(verbs.map(verb => ({ code: 0, stdout: verbHelp(verb), stderr: '' })))
  })

  test('without a verb is the general help', async () => {
    expect(await holdfast([])).toEqual(await holdfast(['help']))
  })
})

describe.concurrent('a mistake exits with 64 and one message that names it', () => {
  const cases: readonly (readonly [
    description: string,
    args: readonly string[],
    message: RegExp,
  ])[] = [
    ['a verb', ['chek'], /Unknown verb “chek”. Did you mean “check”\?/],
    [
      'a flag',
      ['check', '--sed', '7'],
      /Unknown flag --sed for holdfast check. Did you mean “--seed”\?/,
    ],
    [
      'a cluster',
      ['check', '--cluster', 'nope'],
      /Unknown cluster “nope”. Clusters: .*joelclaw.*path of a policy file/,
    ],
    [
      'a planned cluster',
      ['check', '--cluster', 'tazlab'],
      /“tazlab” is planned.*holdfast list --cluster tazlab/,
    ],
    [
      'a scenario',
      ['drill', 'colima-zombi'],
      /Unknown scenario “colima-zombi”. Did you mean “colima-zombie”\?/,
    ],
    [
      'a target',
      ['check', '--target', 'moon'],
      /Unknown target “moon”. Targets: lab, container, live/,
    ],
    ['a seed', ['check', '--seed', '7x'], /“7x” is not a seed. Use a whole number/],
    [
      '--only',
      ['check', '--only', 'nothing.here'],
      /--only nothing.here selects no invariant. holdfast list/,
    ],
    ['--only of a list', ['list', '--only', 'nothing.here'], /--only nothing.here selects nothing/],
    [
      '--disable',
      ['heal', '--disable', 'nope'],
      /Unknown fix in --disable nope. Fixes: .*uncordon/,
    ],
    [
      '--after',
      ['check', '--after', 'nope'],
      /Unknown scenario “nope” in --after. Scenarios: .*colima-zombie/,
    ],
    [
      '--after on a real cluster',
      ['check', '--after', 'colima-zombie', '--target', 'live'],
      /--after .* needs --target lab/,
    ],
    [
      'a drill on a real cluster without consent',
      ['drill', 'colima-zombie', '--target', 'live'],
      /acts on a real cluster.*--yes/,
    ],
    ['explain', ['explain', 'uncordn'], /Nothing is called “uncordn”. Did you mean “uncordon”\?/],
    ['explain without a name', ['explain'], /needs a name/],
    [
      'report without a run',
      ['report', '--reports', join(folder, 'no-reports')],
      /No run in …\/no-reports yet. holdfast nightly makes one/,
    ],
    [
      'a file in the way of reports',
      ['check', '--reports', file('in-the-way', '')],
      /Could not make the folder …\/in-the-way: a file has that name .*--reports/,
    ],
    [
      'a folder that nothing can be made in',
      ['check', '--reports', '/proc/reports'],
      /Could not make the folder \/proc\/reports.*--reports/,
    ],
    [
      'a snapshot that is not there',
      ['check', '--snapshot', join(folder, 'none.json')],
      /Could not read the snapshot …\/none.json.*reports\/<run>\/snapshot.json/,
    ],
    [
      'a snapshot that is not JSON',
      ['check', '--snapshot', file('garbage.json', '{"version": 1,')],
      /…\/garbage.json is not JSON/,
    ],
    [
      'a snapshot that is something else',
      ['check', '--snapshot', file('other.json', '{"version": 2}')],
      /…\/other.json is not a snapshot: version/,
    ],
    [
      'a policy file that is not there',
      ['check', '--cluster', join(folder, 'none.ts')],
      /There is no policy file …\/none.ts\. Correct the path of --cluster, .*: honeydue, joelclaw/,
    ],
    [
      'a policy folder that is not there, by the nearest cluster',
      ['check', '--cluster', 'clusters/joel-claw'],
      /There is no policy file clusters\/joel-claw\. Did you mean “joelclaw”\?/,
    ],
    [
      'a policy file without a policy',
      ['check', '--cluster', file('empty.ts', 'export const policy = {}\n')],
      /…\/empty.ts has no default export: write “export default definePolicy/,
    ],
    [
      'a policy file that does not parse',
      ['check', '--cluster', file('broken.ts', 'export default {\n')],
      /Could not load …\/broken.ts/,
    ],
    [
      'a policy file with a syntax error, by line and column',
      ['check', '--cluster', file('syntax.ts', 'export default {\n  nodes: [{ name "a" }],\n}\n')],
      /Could not load …\/syntax.ts:2:18: Unexpected token/,
    ],
    [
      'a module with a syntax error, by line and column',
      ['check', '--cluster', file('syntax.mjs', 'export default {\n  a: 1,\n  b {\n}\n')],
      /Could not load …\/syntax.mjs:3:5: Unexpected token '\{'\n$/,
    ],
    [
      'a syntax error in a file that the policy imports, by that file',
      [
        'check',
        '--cluster',
        file('imports.ts', `import { a } from '${file('part.ts', '\nconst a b\n')}'\n`),
      ],
      /Could not load …\/part.ts:2:7: .*imported by …\/imports.ts/,
    ],
    [
      'a JSON policy with a syntax error, by line and column',
      ['check', '--cluster', file('syntax.json', '{\n "a": 1,\n "b" 2\n}\n')],
      /Could not load …\/syntax.json:3:6: Expected ':'/,
    ],
    [
      'a folder without a policy',
      ['check', '--cluster', folder],
      /There is no policy.ts in the folder …\. Give the path .* or the name of a cluster: hon/,
    ],
    [
      'a misspelt cluster',
      ['check', '--cluster', 'joel-claw'],
      /Unknown cluster “joel-claw”\. Did you mean “joelclaw”\?/,
    ],
    [
      'a reports folder that cannot be made, before the target is opened',
      ['check', '--target', 'container', '--reports', file('taken', '')],
      /^holdfast: Could not make the folder …\/taken/,
    ],
    [
      'a policy file that throws',
      ['check', '--cluster', file('throws.ts', "throw new Error('out of order')\n")],
      /Could not load …\/throws.ts:1:7: out of order/,
    ],
    [
      'a policy file outside the project without its import',
      ['check', '--cluster', file('bare.ts', 'export default definePolicy({})\n')],
      /bare.ts:1:1: definePolicy is not defined.*elsewhere, export the object without it/,
    ],
    [
      'a policy file outside the project that imports from it',
      ['check', '--cluster', file('outside.ts', "import '#helpers/policy.ts'\n")],
      new RegExp(
        'Could not load …/outside.ts: .*“#” work inside .* only: ' +
          "move the policy's folder there.*export the object",
      ),
    ],
  ]
  const ended = holdfasts(
    cases.map(([, args]) => args),
    { cwd: folder },
  )
  test.each(cases.map((row, index) => [...row, index] as const))(
    '%s: %j',
    async (_, _args, message, index) => {
      const end = complaint((await ended)[index]!)
      expect(end).toEqual({ code: 64, stdout: '', stderr: expect.stringMatching(message) })
      expect(isOneMessage(end.stderr)).toBe(true)
    },
  )

  test('a policy with several mistakes: all of them, each with path and value', async () => {
    const wrong = {
      ...policy,
      status: 'activ',
      nodes: [{ ...policy.nodes[0], role: 'king' }],
      budgets: { ...policy.budgets, stuckPod: '90' },
      colour: 'red',
      clauses: [{ ...policy.clauses[0], provenBy: ['node-are-ready'] }],
    }
    const { stderr, ...end } = complaint(
      await holdfast(['check', '--cluster', file('wrong.json', JSON.stringify(wrong))]),
    )
    expect(end).toEqual({ code: 64, stdout: '' })
    expect(
      stderr
        .split('\n')
        .map(line => line.trim())
        .filter(Boolean),
    ).toEqual([
      'holdfast: …/wrong.json is not a policy:',
      expect.stringMatching(/^status: .*; it is "activ"$/),
      expect.stringMatching(/^nodes\.0\.role: .*; it is "king"$/),
      'budgets.stuckPod: expected a duration with its unit, such as "90 s"; it is "90"',
      'colour: a policy has no such member here; it is "red"',
      expect.stringMatching(/provenBy: “node-are-ready”: .* Did you mean “nodes-are-ready”\?$/),
    ])
  })

  test('a snapshot of another cluster', async () => {
    const end = complaint((await again).elsewhere)
    expect(end).toEqual({
      code: 64,
      stdout: '',
      stderr:
        'holdfast: …/elsewhere.json shows cluster “elsewhere”, not “joelclaw”. Judge it with ' +
        '--cluster elsewhere.\n',
    })
  })
})

describe.concurrent('check', () => {
  test('exits with 0 if everything holds, and --json fits the report schema', async () => {
    const { code, stdout, stderr } = await first
    const run = runSchema.parse(JSON.parse(stdout))
    expect({
      code,
      stderr,
      exitCode: run.exitCode,
      verb: run.verb,
      target: run.target.kind,
    }).toEqual({
      code: 0,
      stderr: 'holdfast: looking at joelclaw (lab)\n',
      exitCode: 0,
      verb: 'check',
      target: 'lab',
    })
    expect(readdirSync(join(reports, run.id)).toSorted()).toEqual([
      'allure-results',
      'junit.xml',
      'policy.json',
      'report.html',
      'report.json',
      'snapshot.json',
    ])
    const results = readdirSync(join(reports, run.id, 'allure-results'))
    expect(results).toEqual(
      expect.arrayContaining(
        ['categories.json', 'environment.properties', 'globals.json'].map(
          name => expect.stringContaining(name) as unknown as string,
        ),
      ),
    )
    expect(readFileSync(join(reports, run.id, 'report.json'), 'utf8')).toBe(stdout)
  })

  test('exits with 1 and names the finding if something is violated', async () => {
    const [red] = await suffering
    expect(red?.code).toBe(1)
    expect(red?.stdout).toMatch(/cordoned/)
    expect(red?.stdout).toMatch(/kubectl uncordon/)
  })

  test('exits with 2 and names the question if one got no answer', async () => {
    const {
      cut: { code, stdout },
    } = await again
    expect(code).toBe(2)
    expect(stdout).toContain('the cable was cut')
  })

  test('judges a saved snapshot like the cluster, except for the removed answer', async () => {
    const isKnown = ({ verdict }: { verdict: { kind: string } }): boolean =>
      verdict.kind !== 'unknown'
    const [before, after] = [(await first).stdout, (await again).cut.stdout].map(
      text => runSchema.parse(JSON.parse(text)).judgements,
    )
    const known = after?.filter(isKnown) ?? []
    expect(known.length).toBeGreaterThan(after!.length / 2)
    const keys = new Set(known.map(({ invariant, subject }) => `${invariant} · ${subject}`))
    expect(known).toEqual(
      before?.filter(({ invariant, subject }) => keys.has(`${invariant} · ${subject}`)),
    )
  })
})

describe.concurrent('heal', () => {
  test('without --apply only plans, and the violations remain', async () => {
    const { code, stdout } = (await suffering)[2]!
    const run = runSchema.parse(JSON.parse(stdout))
    expect({ code, outcomes: run.healings.map(({ fix, outcome }) => [fix, outcome.kind]) }).toEqual(
      { code: 1, outcomes: [['uncordon', 'planned']] },
    )
  })

  test('with --apply acts, and exits with 0 if that helped', async () => {
    const { code, stdout } = (await suffering)[3]!
    const run = runSchema.parse(JSON.parse(stdout))
    expect({
      code,
      outcomes: run.healings.map(({ fix, outcome }) => [
        fix,
        outcome.kind,
        outcome.kind === 'applied' && outcome.helped,
      ]),
    }).toEqual({ code: 0, outcomes: [['uncordon', 'applied', true]] })
  })
})

describe.concurrent('drill', () => {
  // The README's commands prove the exit code 0 of a passing run.
  test('exits with 1 if its fix is disabled', async () => {
    const { code, stdout } = await holdfast([
      'drill',
      'node-comes-back-cordoned',
      '--reports',
      join(folder, 'drilled'),
      '--json',
      '--disable',
      'uncordon',
    ])
    expect([
      code,
      runSchema.parse(JSON.parse(stdout)).drills.map(({ outcome }) => outcome.kind),
    ]).toEqual([1, ['not-healed']])
  })

  // The other signals, on a cluster that outlives the process: npm run test:processes.
  test.each([['SIGTERM', 143]] as const)(
    'stopped by %s says so and ends with %i',
    async (name, code) => {
      const end = await holdfast(['drill', '--reports', join(folder, name)], {
        signal: { name, when: '· inject ·' },
      })
      expect([
        end.code,
        end.stderr.includes(`holdfast: ${name}: stopping; what was injected is being undone.`),
        existsSync(join(folder, name, 'latest')),
      ]).toEqual([code, true, true])
      expect(end.stdout).toContain(`\nexit ${code}: `)
    },
  )
})

describe.concurrent('list and explain', () => {
  test('show every clause and definition, and which proves which', async () => {
    const [joelclaw, tazlab] = (await holdfasts([['list'], ['list', '--cluster', 'tazlab']])) as [
      Ended,
      Ended,
    ]
    expect([joelclaw.code, tazlab.code]).toEqual([0, 0])
    expect(
      policy.clauses
        .filter(
          ({ id, status }) =>
            !joelclaw.stdout.includes(`  ${id}${status === 'planned' ? ' (planned)' : ''}\n`),
        )
        .map(({ id }) => id),
    ).toEqual([])
    const planned = (await loadPolicy('tazlab')).clauses
    expect(
      planned
        .filter(
          ({ id, statement }) => !tazlab.stdout.includes(`  ${id} (planned)\n      ${statement}\n`),
        )
        .map(({ id }) => id),
    ).toEqual([])
  })

  test('explain a clause, an invariant, a scenario and a fix', async () => {
    const { code, stdout } = await holdfast([
      'explain',
      'recovery.node-not-cordoned',
      'nodes-are-schedulable',
      'node-comes-back-cordoned',
      'uncordon',
    ])
    expect(code).toBe(0)
    expect(stdout.split('\n').filter(line => /^\S/.test(line))).toEqual([
      'clause recovery.node-not-cordoned (checklist)',
      'invariant nodes-are-schedulable (specs/invariants/nodes.spec.ts)',
      'scenario node-comes-back-cordoned (specs/chaos/node-comes-back.spec.ts)',
      'fix uncordon',
    ])
  })
})

test('report shows the last run again, with its exit code', async () => {
  const [red, report] = await suffering
  expect(report).toEqual({ code: 1, stdout: red?.stdout, stderr: '' })
})

describe.concurrent('the environment', () => {
  test('sets what flags set, and a flag overrides it', async () => {
    const [byFlag, byVariable, both] = await Promise.all([
      holdfast(['list', '--cluster', 'tazlab', '--only', 'network.*']),
      holdfast(['list'], { env: { HOLDFAST_CLUSTER: 'tazlab', HOLDFAST_ONLY: 'network.*' } }),
      holdfast(['list', '--cluster', 'tazlab', '--only', 'network.*'], {
        env: { HOLDFAST_CLUSTER: 'honeydue', HOLDFAST_ONLY: 'edge.*' },
      }),
    ])
    expect(byFlag?.code).toBe(0)
    expect(byVariable).toEqual(byFlag)
    expect(both).toEqual(byFlag)
  })

  test('a mistake in a variable is reported like one in a flag', async () => {
    expect(await holdfast(['check'], { env: { HOLDFAST_SEED: 'x' } })).toEqual({
      code: 64,
      stdout: '',
      stderr: expect.stringMatching(/“x” is not a seed/),
    })
  })

  test('configures specs in plain vitest: green, red and drilled', async () => {
    const [green, red] = await Promise.all([
      vitest(['specs/invariants/nodes.spec.ts', 'specs/chaos/node-comes-back.spec.ts'], {
        env: { HOLDFAST_SEED: '7' },
      }),
      vitest(['specs/invariants/nodes.spec.ts'], {
        env: { HOLDFAST_AFTER: 'node-comes-back-cordoned' },
      }),
    ])
    expect([green?.code, red?.code]).toEqual([0, 1])
    expect(red?.stderr).toContain('kubectl uncordon')
    expect(green?.stdout).toMatch(/specs\/chaos\/node-comes-back.spec.ts .*2 tests/)
  })
})
