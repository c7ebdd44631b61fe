// What helm and kustomize make of their sources, and from which template each document came.
import type { Shell } from '#src/model/runtime.ts'
import type { ManifestProblem } from '#src/model/manifest.ts'
import { unreadable } from './yaml/bytes.ts'
import type { Input } from './read.ts'
import { documentsIn } from './yaml/documents.ts'

const suffix = ' (rendered)'
/** Whether a file is one that a program has made: there is nothing in it to mend. */
export const isRendered = (file: string): boolean => file.endsWith(suffix)

/** What `helm template` writes above each document. @source helm v3.18, template output */
const source = /^(?:---[ \t]*\r?\n)?# Source: (\S[^\r\n]*?)[ \t]*\r?\n/

/**
 * The documents of a stream by the template they came from; those of which nobody says it stay with
 * the file.
 */
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

/** Helm names templates by the name of their chart; people and reports find them in its folder. */
const below = (path: string, texts: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  new Map(
    [...texts].map(([name, text]) => [
      /^[^/]+\/(?:templates|charts|crds)\//.test(name)
        ? `${path === '.' ? '' : `${path.replace(/\/+$/, '')}/`}${name.slice(name.indexOf('/') + 1)}`
        : name,
      text,
    ]),
  )

/** What is to be rendered, with arguments that are handed on, such as `--values prod.yaml`. */
export interface Rendering {
  by: 'helm' | 'kustomize'
  path: string
  args?: readonly string[]
}

/**
 * How long a program may render, ms. @source helm and kustomize have no limit of their own; remote
 * bases and dependencies take some 10 s
 */
const patience = 60_000
/**
 * Letters that a shell keeps of an output; of a longer one the beginning is lost. @source
 * src/model/reach.ts, Shell
 */
const longestOutput = 4 * 2 ** 20

/** A path that no program takes for an option. */
const asPath = (path: string): string => (path.startsWith('-') ? `./${path}` : path)

const commandsFor = ({ by, path, args = [] }: Rendering): readonly (readonly string[])[] =>
  by === 'helm'
    ? [['helm', 'template', asPath(path), '--include-crds', ...args]]
    : [
        ['kustomize', 'build', asPath(path), ...args],
        ['kubectl', 'kustomize', asPath(path), ...args],
      ]

/**
 * A program's own words, as much of them as helps. @source its last lines: what failed is said last
 */
function wordsOf(stderr: string, stdout: string): string {
  const lines = (stderr.trim() === '' ? stdout : stderr)
    .trim()
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
  const text = lines.slice(-6).join('\n')
  return text.length > 800 ? `…${text.slice(-800)}` : text || 'it said nothing'
}

/**
 * Renders a chart or a kustomization with the user's own program. It never throws: a program that
 * is missing, fails or
 * takes too long is a problem that leaves the set unknown.
 */
export async function renderManifests(
  rendering: Rendering,
  { shell, deadline = patience, signal }: { shell: Shell; deadline?: number; signal?: AbortSignal },
): Promise<Input> {
  const { by, path } = rendering
  const file = `${path}${suffix}`
  const failed = (code: string, seen: string, expected: string, remedy: string): Input => {
    const problem: ManifestProblem = unreadable(path, code, seen, expected, remedy)
    return { texts: new Map(), problems: [problem] }
  }
  const commands = commandsFor(rendering)
  for (const argv of commands) {
    const exit = await shell.run(argv, { deadline, ...(signal === undefined ? {} : { signal }) })
    const said = argv.slice(0, 2).join(' ')
    if (exit.kind === 'missing') continue
    if (exit.kind === 'timed-out')
      return failed(
        'render-timed-out',
        `${said} was not done after ${deadline / 1000} s`,
        'a rendering',
        `Run ${argv.join(' ')} yourself and see what it waits for; nothing of it was judged.`,
      )
    if (exit.code !== 0)
      return failed(
        'render-failed',
        `${said} ended with ${exit.code}: ${wordsOf(exit.stderr, exit.stdout)}`,
        'a rendering',
        `Mend it until ${argv.join(' ')} succeeds; nothing of it was judged.`,
      )
    if (exit.stdout.startsWith('[cut: ') || Buffer.byteLength(exit.stdout) >= longestOutput)
      return failed(
        'too-large',
        `${said} wrote more than ${longestOutput / 2 ** 20} MiB`,
        `at most ${longestOutput / 2 ** 20} MiB`,
        `Write it to a file, ${argv.join(' ')} > rendered.yaml, and give the gate that; nothing of it was judged.`,
      )
    if (exit.stdout.trim() === '')
      return failed(
        'nothing-found',
        `${said} made nothing`,
        'manifests',
        'See whether its values switch everything off.',
      )
    return {
      texts: by === 'helm' ? below(path, bySource(file, exit.stdout)) : bySource(file, exit.stdout),
    }
  }
  const programs = commands.map(([program]) => program).join(' nor ')
  return failed(
    'render-missing',
    `${commands.length > 1 ? 'neither ' : 'no '}${programs} is installed`,
    `${by === 'helm' ? 'helm' : 'kustomize or kubectl'} on the PATH`,
    `Install it, or render elsewhere and pipe: ${by === 'helm' ? `helm template ${path}` : `kustomize build ${path}`} | holdfast gate -`,
  )
}
