// Checks every import of the project against the tables of
// docs/decisions/0007-who-may-import-whom.md.
import { builtinModules } from 'node:module'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { importsOf, projectFiles, sources, textOf, type Import } from './source.ts'

const decision = textOf('docs/decisions/0007-who-may-import-whom.md')
const imports = sources.flatMap(importsOf)

const within = (path: string, place: string): boolean =>
  path === place || path.startsWith(`${place}/`)
const names = (cell: string | undefined): readonly string[] =>
  [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(match => match[1] ?? '')

/** Rows of the table under a heading, without its head. */
function rowsUnder(heading: string): readonly (readonly string[])[] {
  const section = decision.split(/^#+ /m).find(part => part.startsWith(heading)) ?? ''
  return section
    .split('\n')
    .filter(line => line.startsWith('|'))
    .slice(2)
    .map(line =>
      line
        .split('|')
        .slice(1, -1)
        .map(cell => cell.trim()),
    )
}

/** A short name stands for the folder of helpers, as the table writes it. */
const place = (name: string): string =>
  projectFiles.some(path => within(path, name)) ? name : `helpers/${name}`

const rules = rowsUnder('7. Who').flatMap(([folders, may, testsToo]) =>
  names(folders).map(folder => ({
    folder,
    everything: may === 'everything',
    // After a semicolon the cell says why, not what.
    may: names(may?.split(';')[0]).map(place),
    tests: names(testsToo).map(place),
  })),
)
const stages = names(decision.split('## Stages')[1]?.split('## ')[0])
const packages = rowsUnder('Packages').flatMap(([these, places]) =>
  names(these).map(name => ({ name, only: names(places) })),
)

const isTest = (path: string): boolean => path.endsWith('.test.ts')
const isStage = (path: string): boolean => stages.some(stage => within(path, stage))
/** The most specific row that covers a file. */
const ruleOf = (path: string) =>
  rules
    .filter(({ folder }) => within(path, folder))
    .toSorted((a, b) => b.folder.length - a.folder.length)[0]
const show = ({ from, line, to, specifier }: Import): string =>
  `${from}:${line} imports ${to ?? specifier ?? 'something computed'}`

/** Groups of files that import each other in a loop: strongly connected components. */
function circlesOf(all: readonly Import[]): readonly (readonly string[])[] {
  const next = Map.groupBy(all, ({ from }) => from)
  const order = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const circles: string[][] = []
  const visit = (file: string): void => {
    order.set(file, order.size)
    low.set(file, order.get(file)!)
    stack.push(file)
    for (const { to } of next.get(file) ?? []) {
      if (to === undefined) continue
      if (!order.has(to)) visit(to)
      if (stack.includes(to)) low.set(file, Math.min(low.get(file)!, low.get(to)!))
    }
    if (low.get(file) !== order.get(file)) return
    const circle = stack.splice(stack.indexOf(file))
    if (circle.length > 1) circles.push(circle.toSorted())
  }
  for (const file of next.keys()) if (!order.has(file)) visit(file)
  return circles
}

function allowed({ from, to }: Import): boolean {
  const rule = ruleOf(from)
  if (rule === undefined || to === undefined) return to === undefined
  if (rule.everything || within(to, rule.folder)) return true
  return [...rule.may, ...(isTest(from) || isStage(from) ? rule.tests : [])].some(other =>
    within(to, other),
  )
}

describe('the decision', () => {
  test('has a rule for every file', () => {
    expect(sources.map(({ path }) => path).filter(path => ruleOf(path) === undefined)).toEqual([])
  })

  test('names only existing files', () => {
    const planned = new Set(['bench'])
    const places = [
      ...rules.flatMap(rule => [rule.folder, ...rule.may, ...rule.tests]),
      ...stages,
      ...packages.flatMap(({ only }) => only),
    ]
    expect(
      [...new Set(places)].filter(
        name => !planned.has(name) && !projectFiles.some(path => within(path, name)),
      ),
    ).toEqual([])
  })

  test('forbids what its text forbids', () => {
    const asked = (from: string, to: string): boolean =>
      allowed({ from, to, line: 1, specifier: to, atOnce: true })
    expect({
      'the model imports the engine': asked('src/model/run.ts', 'src/engine/evaluate/judge.ts'),
      'the lab imports the client': asked('lab/lab.ts', 'src/kubernetes/client.ts'),
      'the kernel imports the API': asked('lab/kernel/clock.ts', 'lab/kube/server.ts'),
      'an invariant imports a drill': asked(
        'specs/invariants/nodes.spec.ts',
        'specs/chaos/index.ts',
      ),
      'a spec imports the machinery': asked('specs/invariants/nodes.spec.ts', 'src/model/index.ts'),
      'a report imports a run': asked('src/reporting/json.ts', 'src/runs/process/exit.ts'),
      'a platform imports the engine': asked('helpers/docker/faults.ts', 'src/engine/heal/heal.ts'),
      'a platform imports the client': asked(
        'helpers/docker/faults.ts',
        'src/kubernetes/client.ts',
      ),
      'the engine imports a platform': asked('src/engine/heal/heal.ts', 'helpers/host/fixes.ts'),
      'the gate imports a platform': asked('src/gate/report.ts', 'helpers/kubernetes/questions.ts'),
      'a target imports a run': asked('src/targets/container/node.ts', 'src/runs/settings.ts'),
      'a run imports a verb': asked('src/runs/confirm.ts', 'src/cli/arguments.ts'),
    }).toEqual({
      'the model imports the engine': false,
      'the lab imports the client': false,
      'the kernel imports the API': false,
      'an invariant imports a drill': false,
      'a spec imports the machinery': false,
      'a report imports a run': false,
      'a platform imports the engine': false,
      'a platform imports the client': true,
      'the engine imports a platform': false,
      'the gate imports a platform': false,
      'a target imports a run': false,
      'a run imports a verb': false,
    })
  })
})

describe('imports', () => {
  test('stay within the table', () => {
    expect(imports.filter(found => !allowed(found)).map(show)).toEqual([])
  })

  test('of files name files that are there, with their ending', () => {
    const known = new Set(projectFiles)
    expect(imports.filter(({ to }) => to !== undefined && !known.has(to)).map(show)).toEqual([])
  })

  test('of a stage are for tests and other stages', () => {
    const wrong = imports.filter(
      ({ from, to }) => to !== undefined && isStage(to) && !isTest(from) && !isStage(from),
    )
    expect(wrong.map(show)).toEqual([])
  })

  test('of tests and of the entry stay where they belong', () => {
    const shared = ['tests/model', 'tests/runtime', 'tests/project', 'tests/reporting']
    const wrong = imports.filter(
      ({ from, to }) =>
        to !== undefined &&
        ((within(to, 'bin') && !within(from, 'bin') && !within(from, 'tests')) ||
          (within(to, 'tests') &&
            !within(from, 'tests') &&
            !((isTest(from) || isStage(from)) && shared.some(folder => within(to, folder)))) ||
          isTest(to)),
    )
    expect(wrong.map(show)).toEqual([])
  })

  test('never climb out of their folder: other folders are imported by the map', () => {
    const climbing = imports.filter(({ specifier }) => specifier?.startsWith('..') === true)
    expect(climbing.map(show)).toEqual([])
  })

  test('form no cycle, not even of types', () => {
    expect(circlesOf(imports)).toEqual([])
  })

  test('that are computed are the one of a policy by its path', () => {
    const computed = imports
      .filter(({ from, specifier }) => specifier === undefined && !isTest(from))
      .map(({ from }) => from)
    expect(computed).toEqual(['src/runs/clusters.ts'])
  })
})

test('the command line starts without a package: help and mistakes answer at once', () => {
  const atOnce = Map.groupBy(
    imports.filter(found => found.atOnce),
    ({ from }) => from,
  )
  const reached = new Set(['src/cli/main.ts'])
  for (const path of reached)
    for (const { to } of atOnce.get(path) ?? []) if (to !== undefined) reached.add(to)
  const loaded = [...reached].flatMap(path => atOnce.get(path) ?? [])
  expect(reached.size).toBeGreaterThan(10)
  expect(
    loaded
      .filter(({ to, specifier }) => to === undefined && specifier?.startsWith('node:') !== true)
      .map(show),
  ).toEqual([])
})

describe('packages', () => {
  const manifest = z
    .object({
      dependencies: z.record(z.string(), z.string()),
      devDependencies: z.record(z.string(), z.string()),
    })
    .parse(JSON.parse(textOf('package.json')))
  const packageOf = (specifier: string): string =>
    specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/')
  const ofPackages = imports.filter(
    ({ to, specifier }) => to === undefined && specifier !== undefined,
  )
  const free = ({ from }: Import): boolean =>
    isTest(from) || isStage(from) || from === 'vitest.config.ts'

  test('that touch the outside are imported only where the table says', () => {
    const wrong = ofPackages.filter(found => {
      const rule = packages.find(({ name }) => name === found.specifier)
      return (
        rule !== undefined && !free(found) && !rule.only.some(other => within(found.from, other))
      )
    })
    expect(wrong.map(show)).toEqual([])
  })

  test('are declared, and those of development stay out of what runs', () => {
    const wrong = ofPackages.filter(found => {
      const name = packageOf(found.specifier ?? '')
      if (name.startsWith('node:'))
        return (
          !builtinModules.includes(name.slice('node:'.length)) && !builtinModules.includes(name)
        )
      return (
        manifest.dependencies[name] === undefined &&
        !(free(found) && manifest.devDependencies[name] !== undefined)
      )
    })
    expect(wrong.map(show)).toEqual([])
  })
})
