// Reads what the gate judges: files, folders and stdin, and rendered charts and kustomizations.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { cwd } from 'node:process'
import {
  joinInputs,
  readFiles,
  readManifests,
  readStdin,
  renderManifests,
  type Input,
  type Rendering,
} from '#src/manifests/index.ts'
import type { ManifestProblem, ManifestSet } from '#src/model/index.ts'
import { UsageError } from '#src/runs/settings.ts'
import type { GateOptions } from './arguments.ts'

const markerFiles = {
  helm: ['Chart.yaml'],
  kustomize: ['kustomization.yaml', 'kustomization.yml', 'Kustomization'],
} as const

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
const has = (folder: string, by: Rendering['by']): boolean =>
  markerFiles[by].some(name => existsSync(join(folder, name)))

/** The outermost folders that a program renders: a chart renders its subcharts. */
function renderedIn(
  folder: string,
  by: readonly Rendering['by'][],
): readonly { folder: string; by: Rendering['by'] }[] {
  const own = by.find(candidate => has(folder, candidate))
  if (own !== undefined) return [{ folder, by: own }]
  return readdirSync(folder, { withFileTypes: true })
    .filter(
      entry => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules',
    )
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => renderedIn(join(folder, entry.name), by))
}

const shown = (path: string): string => {
  const name = relative(cwd(), resolve(path)).split(sep).join('/')
  return name === '' ? '.' : name
}

function requirePaths(paths: readonly string[]): void {
  if (paths.length === 0)
    throw new UsageError(
      'holdfast gate needs files, folders or - for stdin, e.g. holdfast gate k8s/ or ' +
        'helm template … | holdfast gate -.',
    )
  for (const path of paths) {
    if (path !== '-' && !existsSync(path))
      throw new UsageError(
        `There is no file or folder ${path}. Give the files or folders to apply, or - for stdin.`,
      )
  }
}

/** Leaves out rendered folders: their files are sources, not manifests. */
function without(input: Input, folders: readonly string[]): Input {
  const inside = (file: string): boolean =>
    folders.some(folder => folder === '.' || file === folder || file.startsWith(`${folder}/`))
  return {
    texts: new Map([...input.texts].filter(([file]) => !inside(file))),
    problems: (input.problems ?? []).filter(({ file }) => !inside(file)),
  }
}

/** Replaces the findings of an unrendered chart's templates with one finding for the chart. */
function chartsIn(input: Input, folders: readonly string[]): Input {
  const sources = (chart: string): readonly string[] =>
    ['templates', 'charts'].map(name => (chart === '.' ? name : `${chart}/${name}`))
  const inside = (file: string, chart: string): boolean =>
    sources(chart).some(folder => file.startsWith(`${folder}/`))
  const charts = folders.filter(chart => [...input.texts.keys()].some(file => inside(file, chart)))
  const problems = charts.map((chart): ManifestProblem => ({
    file: chart === '.' ? 'Chart.yaml' : `${chart}/Chart.yaml`,
    span: { line: 1, column: 1, endLine: 1, endColumn: 1, from: 0, to: 0 },
    code: 'template',
    kind: 'broken',
    seen:
      'an unrendered chart: its ' +
      `${[...input.texts.keys()].filter(file => inside(file, chart)).length} templates ` +
      'were not judged',
    expected: 'objects as the API receives them',
    remedy: `Render it: holdfast gate --helm ${chart}, or helm template ${chart} | holdfast gate -`,
  }))
  const left = [...input.texts].filter(([file]) => !charts.some(chart => inside(file, chart)))
  return {
    texts: new Map(left),
    problems: [
      ...(input.problems ?? []).filter(({ file }) => !charts.some(chart => inside(file, chart))),
      ...problems,
    ],
  }
}

async function rendered(
  targets: readonly { folder: string; by: Rendering['by'] }[],
  { namespace, values }: GateOptions,
): Promise<readonly Input[]> {
  if (targets.length === 0) return []
  const { liveShell } = await import('#src/targets/live/shell.ts')
  const args = ['--namespace', namespace, ...values.flatMap(file => ['--values', file])]
  return Promise.all(
    targets.map(({ folder, by }) =>
      renderManifests(
        { by, path: shown(folder), ...(by === 'helm' ? { args } : {}) },
        { shell: liveShell() },
      ),
    ),
  )
}

/**
 * Reads everything that a command line names. Throws a UsageError where there is nothing to judge;
 * an unreadable file is a problem of the set.
 */
export async function readSet(
  paths: readonly string[],
  options: GateOptions,
): Promise<ManifestSet> {
  requirePaths(paths)
  const by = (['helm', 'kustomize'] as const).filter(program => options[program])
  const folders = paths.filter(path => path !== '-' && isFolder(path))
  const targets = by.length === 0 ? [] : folders.flatMap(folder => renderedIn(folder, by))
  for (const program of by) {
    if (!targets.some(target => target.by === program))
      throw new UsageError(
        `--${program} finds no ${markerFiles[program][0]} in ${paths.join(', ')}. ` +
          `Give the folder of a ${program === 'helm' ? 'chart' : 'kustomization'}, or ` +
          'leave the flag out.',
      )
  }
  const whole = new Set(targets.map(({ folder }) => folder))
  const plain = paths.filter(path => !whole.has(path))
  const stdin = plain.includes('-') ? await readStdin() : undefined
  const read = without(
    readFiles(plain, { from: cwd(), ...(stdin === undefined ? {} : { stdin }) }),
    targets.map(({ folder }) => shown(folder)),
  )
  const charts = options.helm
    ? []
    : folders
        .filter(folder => !whole.has(folder))
        .flatMap(folder => renderedIn(folder, ['helm']))
        .map(({ folder }) => shown(folder))
  const set = readManifests(
    joinInputs([chartsIn(read, charts), ...(await rendered(targets, options))]),
  )
  requireObjects(set)
  return set
}

/** Rejects an empty set: it is a mistake of the caller, never a pass. */
function requireObjects({ manifests, problems }: ManifestSet): void {
  if (manifests.length > 0) return
  const [first, ...others] = problems.filter(
    ({ kind, code }) => kind === 'skipped' || code === 'nothing-found',
  )
  if (problems.some(({ kind, code }) => kind !== 'skipped' && code !== 'nothing-found')) return
  const left =
    first === undefined
      ? 'the input is empty'
      : `${first.file}: ` +
        `${first.seen}${others.length === 0 ? '' : `, and ${others.length} more like it`}`
  throw new UsageError(
    `There is no Kubernetes object to judge (${left}). ` +
      (first?.remedy ?? 'Give the manifests to apply.'),
  )
}
