// `holdfast lab serve` as a process: its output, its end, its errors, and holdfast against it as if
// it were live. All tests are in one file and run one after the other, because each lab uses the
// host ports of its world.
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { quoted } from '#src/commands/shell-words.ts'
import { holdfasts } from '#tests/project/process.ts'
import { holdfast, run, start } from './stage.ts'

const ready = 'Ctrl-C ends it'
const pathIn = (text: string, label: string): string =>
  new RegExp(`^  ${label} +(\\S+?):?(?: |$)`, 'm').exec(text)?.[1] ?? ''

describe('a served lab', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'says where all is, and ends cleanly by %s',
    async signal => {
      const running = start(holdfast('lab', 'serve', '--speed', '10', '--seed', '7'))
      const said = await running.saying(ready)
      const [url, kubeconfig, programs, home, policy] = [
        'API',
        'kubeconfig',
        'programs',
        'home',
        'policy',
      ].map(label => pathIn(said, label))
      expect(said).toContain('holdfast lab: joelclaw, seed 7, 10 times as fast as real time.')
      expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
      expect(
        [kubeconfig, policy].map(path => (statSync(path ?? '').mode & 0o777).toString(8)),
      ).toEqual(['600', '600'])
      expect([programs, home].map(path => statSync(path ?? '').isDirectory())).toEqual([true, true])
      running.child.kill(signal)
      const { code, stdout, stderr } = await running.ended
      expect({
        code,
        stderr,
        left: [kubeconfig, programs, home, policy].filter(path => existsSync(path ?? '')),
      }).toEqual({ code: 0, stderr: '', left: [] })
      expect(stdout).toMatch(
        new RegExp(
          String.raw`\nholdfast lab: ended by ${signal}\. The API answered \d+ requests\.\n` +
            String.raw`All ports are closed, and /\S+ is removed\.\n$`,
        ),
      )
    },
  )

  test('refuses a port that is taken', async () => {
    const { server, port } = await listening(0)
    const { code, stderr } = await run(holdfast('lab', 'serve', '--port', String(port)))
    server.close()
    expect([code, stderr]).toEqual([
      64,
      `holdfast: Port ${port} is taken. Choose another, or leave --port out to get a free one.\n`,
    ])
  })

  test('leaves a taken port of the world alone, and takes it once it is free', async () => {
    const { server, port } = await listening(9999)
    const running = start(holdfast('lab', 'serve'))
    const said = await running.saying(ready)
    expect(said).toContain(`  not served  ${port}: another process listens there`)
    await new Promise(done => server.close(done))
    await expect
      .poll(
        () =>
          fetch(`http://127.0.0.1:${port}/health`).then(
            answer => answer.text(),
            () => 'nobody',
          ),
        { timeout: 10_000 },
      )
      .toBe('{"ok":true}')
    running.child.kill('SIGTERM')
    expect((await running.ended).code).toBe(0)
    expect(
      await fetch(`http://127.0.0.1:${port}/health`).then(
        answer => answer.text(),
        () => 'nobody',
      ),
    ).toBe('nobody')
  })
})

/** Another program that listens on a port. */
function listening(wanted: number): Promise<{ server: Server; port: number }> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address()
      resolve({ server, port: typeof address === 'object' && address !== null ? address.port : 0 })
    })
  })
}

const refusals = [
  [['lab'], 'holdfast lab takes one word, serve, e.g. holdfast lab serve --speed 10.'],
  [
    ['lab', 'sevre'],
    'holdfast lab takes one word, serve, but got “sevre”, e.g. holdfast lab serve --speed 10.',
  ],
  [
    ['lab', 'serve', '--speed', '101'],
    'Invalid --speed “101”. Use a number from 0.1 to 100, e.g. --speed 10.',
  ],
  [
    ['lab', 'serve', '--speed', 'fast'],
    'Invalid --speed “fast”. Use a number from 0.1 to 100, e.g. --speed 10.',
  ],
  [
    ['lab', 'serve', '--port', '65536'],
    'Invalid --port “65536”. Use a whole number from 0 to 65535, e.g. --port 8443.',
  ],
  [
    ['lab', 'serve', '--target', 'live'],
    'Unknown flag --target for holdfast lab. holdfast lab --help lists its flags.',
  ],
  [
    ['lab', 'serve', '--after', 'restart-colima'],
    'Unknown flag --after for holdfast lab. holdfast lab --help lists its flags.',
  ],
  [
    ['lab', 'serve', '--cluster', 'tazlab'],
    'The lab has no world for “tazlab” yet. It has worlds for joelclaw and sandbox.',
  ],
] as const

describe('lab serve with a mistake in it', () => {
  const ended = holdfasts(refusals.map(([words]) => words))
  test.each(refusals.map((row, index) => [...row, index] as const))(
    '%j is refused',
    async (_, message, index) => {
      expect((await ended)[index]).toEqual({
        code: 64,
        stdout: '',
        stderr: `holdfast: ${message}\n`,
      })
    },
  )
})

const report = z.object({
  judgements: z.array(
    z.object({
      invariant: z.string(),
      subject: z.string(),
      verdict: z.looseObject({ kind: z.string() }),
    }),
  ),
})

/**
 * Verdicts by invariant and subject, with the paths of the served lab's folder replaced by those of
 * the lab.
 */
function verdicts(text: string, folder?: string): ReadonlyMap<string, string> {
  const plain = (subject: string): string =>
    folder === undefined
      ? subject
      : subject
          .replaceAll(`${folder}/home`, '/Users/joel')
          .replaceAll(`${folder}/volumes`, '/Volumes')
  return new Map(
    report
      .parse(JSON.parse(text))
      .judgements.map(({ invariant, subject, verdict }) => [
        `${invariant}: ${plain(subject)}`,
        verdict.kind,
      ]),
  )
}

/** Verdicts that differ there, each with its reason. */
const known: readonly { which: RegExp; live: string; because: string }[] = [
  {
    which: /^launchd-/,
    live: 'not-applicable',
    because: 'a host that is no Mac has no launchd, whatever is in its PATH',
  },
]

describe('holdfast on a served lab as if it were live', () => {
  test('gives the lab’s verdicts, except where a real host must differ', async () => {
    const running = start(holdfast('lab', 'serve'))
    const reports = mkdtempSync(join(tmpdir(), 'holdfast-reports-'))
    try {
      const said = await running.saying(ready)
      const folder = pathIn(said, 'home').replace(/\/home$/, '')
      // A port that another program uses cannot lead to the world, so this test needs the ports
      // free.
      expect(/^ {2}not served +(.*)$/m.exec(said)?.[1]).toBeUndefined()
      const environment = {
        HOME: join(folder, 'home'),
        PATH: `${join(folder, 'bin')}:${env['PATH'] ?? ''}`,
        HOLDFAST_TARGET: 'live',
        HOLDFAST_CLUSTER: join(folder, 'policy.json'),
      }
      const live = await run(holdfast('check', '--json', '--reports', join(reports, 'live')), {
        environment,
      })
      const lab = await run(holdfast('check', '--json', '--reports', join(reports, 'lab')))
      expect({ live: live.code, lab: lab.code, because: live.stderr }).toEqual({
        live: 0,
        lab: 0,
        because: live.stderr,
      })
      const [there, here] = [verdicts(live.stdout, folder), verdicts(lab.stdout)]
      expect([...there.keys()].toSorted()).toEqual([...here.keys()].toSorted())
      const expected = new Map(
        [...here].map(([name, kind]) => [
          name,
          known.find(({ which }) => which.test(name))?.live ?? kind,
        ]),
      )
      expect(new Map([...there].filter(([name, kind]) => expected.get(name) !== kind))).toEqual(
        new Map(),
      )
      // Each exception is still needed.
      expect(
        known.filter(
          ({ which, live: kind }) =>
            ![...here].some(([name, verdict]) => which.test(name) && verdict !== kind),
        ),
      ).toEqual([])
    } finally {
      running.child.kill('SIGTERM')
      await running.ended
      rmSync(reports, { recursive: true, force: true })
    }
  })
})

/**
 * Runs a program on a terminal of its own and types `typed`. @source util-linux and BSD, script(1)
 */
const onTerminal = (argv: readonly string[], typed: string, environment: Record<string, string>) =>
  run(
    process.platform === 'darwin'
      ? ['script', '-q', '/dev/null', ...argv]
      : ['script', '-qec', argv.map(quoted).join(' '), '/dev/null'],
    { environment, stdin: `${typed}\n` },
  )

/**
 * ms: two plans and a whole drill with its stability window, in real time. @source measured here:
 * 43 s
 */
const atTerminal = 180_000

describe('a live drill at a terminal', () => {
  test(
    'shows its plan and begins once the cluster’s name is typed; it refuses another word',
    async () => {
      const running = start(holdfast('lab', 'serve', '--speed', '20'))
      const reports = mkdtempSync(join(tmpdir(), 'holdfast-reports-'))
      try {
        const said = await running.saying(ready)
        const folder = pathIn(said, 'home').replace(/\/home$/, '')
        const environment = {
          HOME: join(folder, 'home'),
          PATH: `${join(folder, 'bin')}:${env['PATH'] ?? ''}`,
          HOLDFAST_TARGET: 'live',
          HOLDFAST_CLUSTER: join(folder, 'policy.json'),
          HOLDFAST_STATE: join(reports, 'state'),
        }
        const words = holdfast(
          'drill',
          'node-comes-back-cordoned',
          '--reports',
          reports,
          '--allow',
          'steady-state',
        )
        const wrong = await onTerminal(words, 'joelclow', environment)
        expect({ code: wrong.code, said: wrong.stdout }).toEqual({
          code: 4,
          said: expect.stringContaining(
            'holdfast: refused. Nothing was changed: ' +
              '“joelclow” is not the name of this cluster (joelclaw).',
          ) as string,
        })
        expect(wrong.stdout).toContain('by hand')
        expect(existsSync(join(reports, 'latest'))).toBe(false)
        const right = await onTerminal(words, 'joelclaw', environment)
        expect({
          code: right.code,
          asked: right.stdout.includes(
            'Type its name (joelclaw) to let drill node-comes-back-cordoned begin: ',
          ),
          drilled: existsSync(join(reports, 'latest')),
        }).toEqual({ code: 0, asked: true, drilled: true })
      } finally {
        running.child.kill('SIGTERM')
        await running.ended
        rmSync(reports, { recursive: true, force: true })
      }
    },
    atTerminal,
  )
})
