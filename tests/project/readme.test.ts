// The documents: their commands work as written, their links have targets, and they contain nothing
// from outside the project.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { readArguments } from '#src/cli/arguments.ts'
import { fixes } from '#helpers/fixes.ts'
import { coverageOf } from '#src/runs/coverage.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { drills } from '#specs/chaos/index.ts'
import { bySection, invariants } from '#specs/invariants/index.ts'
import { holdfasts, temporary } from './process.ts'
import { lineInWords, type Line } from './shell-line.ts'
import { projectFiles, root, textOf } from './source.ts'

const readme = textOf('README.md')
const folder = temporary()
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Commands of the fenced `sh` blocks, with the exit code that they state. */
const commands = [...readme.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
  .flatMap(match => (match[1] ?? '').split('\n'))
  .filter(line => line.trim() !== '')
  .map(line => ({
    line: line.trim(),
    ...lineInWords(line),
    exit: Number(/#.*\bexit (\d+)/.exec(line)?.[1] ?? 0),
  }))
const isHoldfast = ({ words }: Line): boolean => words[0] === 'npx' && words[1] === 'holdfast'
const examples = commands.filter(isHoldfast)
/** Commands in running text; what stands in angle brackets or is left out is the reader's. */
const inline = [...readme.matchAll(/(?<!`)`((?:npx )?holdfast [^`]+)`/g)]
  .map(match => (match[1] ?? '').replaceAll(/<[^>]+>/g, 'x').replaceAll(' …', ''))
  .map(line => ({ line, ...lineInWords(line) }))

describe('commands of the README', () => {
  test('are npm scripts, npx holdfast or npx vitest on specs', () => {
    const scripts = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(textOf('package.json'))).scripts
    const known = ({ words: [program, second, third, ...files] }: Line): boolean =>
      (program === 'npm' &&
        scripts[second === 'run' ? (third ?? '') : (second ?? '')] !== undefined) ||
      (program === 'npx' && second === 'holdfast') ||
      (program === 'npx' &&
        second === 'vitest' &&
        third === 'run' &&
        files.every(file => projectFiles.includes(file)))
    expect(commands.length).toBeGreaterThan(8)
    expect(commands.filter(command => !known(command)).map(({ line }) => line)).toEqual([])
  })

  test.each([...examples, ...inline])('$line: its verb and its flags are there', ({ words }) => {
    const read = readArguments(words.slice(words.indexOf('holdfast') + 1), {})
    expect(read === undefined || read.verb.length > 0).toBe(true)
  })

  test('name definitions that are there', async () => {
    const policy = await loadPolicy('joelclaw')
    const names = new Set(
      [...invariants, ...drills, ...fixes]
        .map(({ name }) => name)
        .concat(coverageOf(policy).map(({ clause }) => clause.id)),
    )
    const named = examples.flatMap(({ words }) =>
      words.flatMap((word, at) =>
        ['drill', 'explain', '--after', '--disable'].includes(words[at - 1] ?? '') &&
        !word.startsWith('-')
          ? [word]
          : [],
      ),
    )
    expect(named.length).toBeGreaterThan(4)
    expect(named.filter(name => !names.has(name))).toEqual([])
  })

  test('set variables that holdfast reads', () => {
    const variables = commands.flatMap(({ env }) => Object.keys(env))
    expect(variables.filter(name => !textOf('src/runs/settings.ts').includes(`'${name}'`))).toEqual(
      [],
    )
  })

  test('end on the lab with the code that they state, or with 0', async () => {
    const isReport = ({ words }: Line): boolean => words[2] === 'report'
    // Two processes use two cores.
    const run = async (some: readonly (typeof examples)[number][]) => {
      const ended = await holdfasts(
        some.map(({ words }) => words.slice(2)),
        { env: { HOLDFAST_REPORTS: join(folder, 'reports') } },
      )
      return some.map(({ line, exit }, index) => ({ line, code: ended[index]?.code, exit }))
    }
    expect(examples.filter(({ env }) => Object.keys(env).length > 0)).toEqual([])
    const each = examples.filter(example => !isReport(example))
    const ended = (
      await Promise.all([0, 1].map(half => run(each.filter((_, index) => index % 2 === half))))
    ).flat()
    expect(ended.filter(({ code, exit }) => code !== exit)).toEqual([])
    // The last run again: whichever came last, it has its code.
    const codes = new Set(ended.map(({ code }) => code))
    for (const again of await run(examples.filter(isReport))) expect(codes).toContain(again.code)

    // What each left, as the README says: heal has no results of tests, drill no single snapshot.
    const always = ['junit.xml', 'report.html', 'report.json']
    const evidence = ['policy.json', 'snapshot.json']
    const left: Readonly<Record<string, readonly string[]>> = {
      check: ['allure-results', ...always, ...evidence],
      heal: [...always, ...evidence],
      drill: ['allure-results', ...always],
    }
    const runs = readdirSync(join(folder, 'reports')).filter(name => name !== 'latest')
    const verbOf = (name: string): string => /[a-z]+$/.exec(name)?.[0] ?? ''
    expect([...new Set(runs.map(verbOf))].toSorted()).toEqual(Object.keys(left).toSorted())
    const found = runs.map(name => ({
      verb: verbOf(name),
      files: readdirSync(join(folder, 'reports', name)).toSorted(),
    }))
    expect(found).toEqual(found.map(({ verb }) => ({ verb, files: left[verb]?.toSorted() })))
  })
})

describe('links', () => {
  const documents = projectFiles.filter(path => path.endsWith('.md'))
  test('lead to files and folders that are there', () => {
    const links = documents.flatMap(path =>
      [
        ...textOf(path)
          .replaceAll(/^```[\s\S]*?^```/gm, '')
          .matchAll(/\]\(([^)\s]+)\)/g),
      ].map(match => ({ path, to: match[1] ?? '' })),
    )
    const dead = links.filter(
      ({ path, to }) =>
        !/^(https?:|mailto:|#)/.test(to) &&
        !existsSync(join(root, dirname(path), to.split('#')[0] ?? '')),
    )
    expect(dead.map(({ path, to }) => `${path}: ${to}`)).toEqual([])
  })

  test('and paths in code spans lead somewhere, too', () => {
    const spans = documents.flatMap(path =>
      [
        ...textOf(path).matchAll(
          /`((?:bench|bin|clusters|deploy|docs|helpers|lab|specs|src|tests)\/[\w./-]+)`/g,
        ),
      ].map(match => ({ path, to: match[1] ?? '' })),
    )
    expect(spans.length).toBeGreaterThan(10)
    expect(
      spans.filter(({ to }) => !existsSync(join(root, to))).map(({ path, to }) => `${path}: ${to}`),
    ).toEqual([])
  })
})

test('the changelog counts invariants, sections, drills and fixes', () => {
  const changelog = textOf('CHANGELOG.md')
  const sections = new Set(bySection.map(({ section }) => section))
  expect(changelog).toContain(`- ${invariants.length} invariants in ${sections.size} sections `)
  expect(changelog).toContain(`- ${drills.length} drills, `)
  expect(changelog).toContain(`- ${fixes.length} fixes act `)
})

test('the layout of the README names the folders that there are', () => {
  const layout = readme.split('**Layout.**')[1] ?? ''
  const folders = new Set(
    projectFiles
      .filter(path => path.includes('/'))
      .map(path => path.split('/')[0] ?? '')
      .filter(name => !name.startsWith('.')),
  )
  expect([...folders].filter(name => !new RegExp(`\\b${name}/`).test(layout))).toEqual([])
  const within = (place: string): readonly string[] => [
    ...new Set(
      projectFiles
        .filter(path => path.startsWith(`${place}/`) && path.split('/').length > 2)
        .map(path => path.split('/')[1] ?? ''),
    ),
  ]
  const inside = [...within('src'), ...within('clusters')]
  expect(inside.length).toBeGreaterThan(10)
  expect(inside.filter(name => !new RegExp(`\\b${name}\\b`).test(layout))).toEqual([])
})

describe('what no file of the project may hold', () => {
  /** Written in parts, so that this file does not hold it either. */
  const join2 = (...parts: readonly string[]): string => parts.join('')
  const binary = /\.(png|jpg|ico|woff2?|gz)$/
  const texts = projectFiles
    .filter(path => !binary.test(path))
    .map(path => ({ path, text: readFileSync(join(root, path), 'utf8') }))
  const holding = (words: readonly string[]): readonly string[] =>
    texts.flatMap(({ path, text }) =>
      words.filter(word => text.includes(word)).map(word => `${path}: ${word}`),
    )

  test('a host of a package registry: each installation chooses its own', () => {
    expect(
      holding([
        join2('registry.', 'npmjs.', 'org'),
        join2('npmjs.', 'com'),
        join2('registry.', 'yarnpkg.', 'com'),
        join2('npm.', 'pkg.github.', 'com'),
        join2('py', 'pi.org'),
        join2('files.', 'pythonhosted.', 'org'),
        join2('crates', '.io'),
        join2('ruby', 'gems.org'),
        join2('proxy.', 'golang.', 'org'),
        join2('repo.', 'maven.', 'apache.org'),
        join2('jsr', '.io'),
      ]),
    ).toEqual([])
  })

  test('a path of the machine that it was written on', () => {
    expect(
      holding([
        join2('shared', '/seeds'),
        join2('shared', '/facts'),
        join2('shared', '/real'),
        join2('/', 'work', '/main'),
        join2('/', 'work', '/shared'),
      ])
        // CI may take the image of its node from beside the checkout.
        .filter(found => !found.startsWith('.ci/run: ')),
    ).toEqual([])
    // As the beginning of a path; the lab has a profile of that name further down in one.
    const machine = new RegExp(join2(String.raw`(?<![\w/.*-])/`, 'work', '/'))
    expect(texts.filter(({ text }) => machine.test(text)).map(({ path }) => path)).toEqual([])
  })
})
