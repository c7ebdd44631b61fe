// Renders charts and kustomizations, and names the template of each document.
import type { Exit, Shell } from '#src/model/runtime.ts'
import type { ManifestProblem } from '#src/model/manifest.ts'
import { unreadable } from './yaml/bytes.ts'
import type { Input } from './read.ts'
import { documentsIn } from './yaml/documents.ts'

const suffix = ' (rendered)'
/** Whether a program rendered the file: it must be fixed in its sources. */
export const isRendered = (file: string): boolean => file.endsWith(suffix)

/** What `helm template` writes above each document. @source helm v3.18, template output */
const source = /^(?:---[ \t]*\r?\n)?# Source: (\S[^\r\n]*?)[ \t]*\r?\n/

/** The documents of a stream by the template named above each; the others stay with the file. */
export function bySource(file: string, text: string): ReadonlyMap<string, string> {
  if (!text.includes('# Source: ')) return new Map([[file, text]])
  const parts = new Map<string, string[]>()
  for (const { from, to } of documentsIn(text)) {
    const piece = text.slice(from, to)
    const template = source.exec(piece)?.[1]
    const name = template === undefined ? file : `${template}${suffix}`
    const known = parts.get(name)
    if (known === undefined) parts.set(name, [piece])
    else known.push(piece)
  }
  return new Map(
    [...parts].map(([name, pieces]) => [
      name,
      pieces
        .map((piece, at) =>
          at < pieces.length - 1 && !piece.endsWith('\n') ? `${piece}\n` : piece,
        )
        .join(''),
    ]),
  )
}

/** Helm names templates by chart name; reports need the path of the chart folder. */
function below(path: string, texts: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const folder = path === '.' ? '' : `${path.replace(/\/+$/, '')}/`
  return new Map(
    [...texts].map(([name, text]) => [
      /^[^/]+\/(?:templates|charts|crds)\//.test(name)
        ? `${folder}${name.slice(name.indexOf('/') + 1)}`
        : name,
      text,
    ]),
  )
}

/** A chart or kustomization to render, with arguments to pass on, e.g. `--values prod.yaml`. */
export interface Rendering {
  by: 'helm' | 'kustomize'
  path: string
  args?: readonly string[]
}

/**
 * Time limit of one rendering, ms. @source helm and kustomize have none of their own; remote bases
 * and dependencies take about 10 s
 */
const renderTimeout = 60_000
/**
 * Bytes of output that a shell keeps; the beginning of a longer one is lost. @source
 * src/model/runtime.ts, Shell
 */
const maxOutput = 4 * 2 ** 20

/** A path that no program mistakes for an option. */
const asPath = (path: string): string => (path.startsWith('-') ? `./${path}` : path)

const commandsFor = ({ by, path, args = [] }: Rendering): readonly (readonly string[])[] =>
  by === 'helm'
    ? [['helm', 'template', asPath(path), '--include-crds', ...args]]
    : [
        ['kustomize', 'build', asPath(path), ...args],
        ['kubectl', 'kustomize', asPath(path), ...args],
      ]

/** The last lines of a program's output: programs report the failure last. */
function lastLines(stderr: string, stdout: string): string {
  const lines = (stderr.trim() === '' ? stdout : stderr)
    .trim()
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
  const text = lines.slice(-6).join('\n')
  return text.length > 800 ? `…${text.slice(-800)}` : text || 'it printed nothing'
}

/** The end of a program that was started. */
type Ended = Exclude<Exit, { kind: 'missing' }>

type Problem = Pick<ManifestProblem, 'code' | 'seen' | 'expected' | 'remedy'>

/** Why a run produced no manifests; undefined: it produced some. */
function problemOf(argv: readonly string[], exit: Ended, deadline: number): Problem | undefined {
  const [program, command] = [argv.slice(0, 2).join(' '), argv.join(' ')]
  if (exit.kind === 'timed-out')
    return {
      code: 'render-timed-out',
      seen: `${program} did not finish within ${deadline / 1000} s`,
      expected: 'a rendering',
      remedy: `Run ${command} yourself to see what it waits for; nothing in it was judged.`,
    }
  if (exit.code !== 0)
    return {
      code: 'render-failed',
      seen: `${program} ended with ${exit.code}: ${lastLines(exit.stderr, exit.stdout)}`,
      expected: 'a rendering',
      remedy: `Fix it until ${command} succeeds; nothing in it was judged.`,
    }
  if (exit.stdout.startsWith('[cut: ') || Buffer.byteLength(exit.stdout) >= maxOutput)
    return {
      code: 'too-large',
      seen: `${program} wrote more than ${maxOutput / 2 ** 20} MiB`,
      expected: `at most ${maxOutput / 2 ** 20} MiB`,
      remedy:
        `Write it to a file, ${command} > rendered.yaml, and give the gate that file; ` +
        'nothing in it was judged.',
    }
  if (exit.stdout.trim() !== '') return undefined
  return {
    code: 'nothing-found',
    seen: `${program} rendered nothing`,
    expected: 'manifests',
    remedy: 'Check whether its values disable everything.',
  }
}

function notInstalled({ by, path }: Rendering, commands: readonly (readonly string[])[]): Problem {
  const programs = commands.map(([program]) => program).join(' nor ')
  const render = by === 'helm' ? `helm template ${path}` : `kustomize build ${path}`
  return {
    code: 'render-missing',
    seen: `${commands.length > 1 ? 'neither ' : 'no '}${programs} is installed`,
    expected: `${by === 'helm' ? 'helm' : 'kustomize or kubectl'} on the PATH`,
    remedy: `Install it, or render elsewhere and pipe: ${render} | holdfast gate -`,
  }
}

/**
 * Renders a chart or a kustomization with the user's own program. It never throws: a program that
 * is missing, fails or takes too long is a problem that leaves the set unknown. `deadline`: ms.
 */
export async function renderManifests(
  rendering: Rendering,
  {
    shell,
    deadline = renderTimeout,
    signal,
  }: { shell: Shell; deadline?: number; signal?: AbortSignal },
): Promise<Input> {
  const { by, path } = rendering
  const failed = ({ code, seen, expected, remedy }: Problem): Input => ({
    texts: new Map(),
    problems: [unreadable(path, code, seen, expected, remedy)],
  })
  const commands = commandsFor(rendering)
  for (const argv of commands) {
    const exit = await shell.run(argv, { deadline, ...(signal === undefined ? {} : { signal }) })
    if (exit.kind === 'missing') continue
    const problem = problemOf(argv, exit, deadline)
    if (problem !== undefined) return failed(problem)
    const output = exit.kind === 'exited' ? exit.stdout : ''
    const texts = bySource(`${path}${suffix}`, output)
    return { texts: by === 'helm' ? below(path, texts) : texts }
  }
  return failed(notInstalled(rendering, commands))
}
