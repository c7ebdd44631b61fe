// Writes and reads the files of runs: one folder for each run, and a file that names the latest. No
// other part of reporting touches the disk.
import { errorMessage } from '#src/model/error-message.ts'
import { access, constants, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Run } from '#src/model/index.ts'
import { ReportError } from './error.ts'
import { runFormats } from './formats.ts'
import { readRun } from './json.ts'

export { ReportError } from './error.ts'

const latestName = 'latest'

const remedies: Readonly<Record<string, string>> = {
  EACCES: 'Let your user write there, or choose another folder with --reports.',
  EPERM: 'Let your user write there, or choose another folder with --reports.',
  EROFS: 'That file system is read-only: choose another folder with --reports.',
  ENOSPC: 'The disk is full: free some of it, or choose another folder with --reports.',
  EEXIST: 'Move that file, or choose another folder with --reports.',
  ENOTDIR: 'Move that file, or choose another folder with --reports.',
  EISDIR: 'Move that folder, or choose another one with --reports.',
  ENOENT: 'Choose another folder with --reports.',
}

const causes: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'read-only file system',
  ENOSPC: 'no space left on the disk',
  EEXIST: 'a file has that name',
  ENOTDIR: 'a part of the path is a file and not a folder',
  EISDIR: 'it is a folder and not a file',
  ENOENT: 'the system cannot create it there',
}

const otherRemedy = 'Check that path, or choose another folder with --reports.'

/** The code of a system error; empty for other errors. */
const codeOf = (error: unknown): string => {
  const code: unknown =
    error !== null && typeof error === 'object' ? Reflect.get(error, 'code') : undefined
  return typeof code === 'string' ? code : ''
}

function failure(
  verb: 'write' | 'read' | 'make the folder' | 'write into the folder',
  path: string,
  error: unknown,
): ReportError {
  const code = codeOf(error)
  const cause = `${causes[code] ?? errorMessage(error)}${code === '' ? '' : ` (${code})`}`
  const remedy = remedies[code] ?? otherRemedy
  return new ReportError(`Could not ${verb} ${path}: ${cause}. ${remedy}`, { path, cause: error })
}

/** Renames a new file over the old one, so that a reader sees one or the other as a whole. */
async function replace(path: string, text: string, draft = `${path}.new`): Promise<void> {
  try {
    await writeFile(draft, text)
    await rename(draft, path)
  } catch (error) {
    throw failure('write', path, error)
  }
}

/** A run's id names a folder, so it must not point outside of the folder of reports. */
function folderName(id: string): string {
  if (/^[\w][\w.:-]*$/.test(id)) return id
  throw new ReportError(
    `“${id}” cannot name the folder of a report. Use letters, digits, “.”, “:”, “_” and “-”, ` +
      'e.g. 2026-11-21T03-00-00Z-nightly.',
  )
}

/**
 * Writes a file for each format to `<folder>/<run.id>`, then the id to `<folder>/latest`. Returns
 * the run's own folder and its files. Renders all texts before it writes the first. Rejects with a
 * ReportError that states the path, the cause and the remedy.
 */
export async function writeReports(
  run: Run,
  { folder }: { folder: string },
): Promise<{ folder: string; files: string[] }> {
  const own = join(folder, folderName(run.id))
  const texts = Object.values(runFormats).map(({ file, render }) => [file, render(run)] as const)
  await makeFolder(own)
  const files: string[] = []
  for (const [name, text] of texts) {
    const path = join(own, name)
    await replace(path, text)
    files.push(path)
  }
  // The draft is in the run's own folder, because a run that ends now writes `latest`, too.
  await replace(join(folder, latestName), `${run.id}\n`, join(own, `${latestName}.new`))
  return { folder: own, files }
}

/**
 * Makes a folder and the missing folders above it, even while another run makes them, too. Rejects
 * with a ReportError that states the path, the cause and the remedy. It makes one folder at a time:
 * Node's recursive mkdir never ends in a file system such as /proc.
 */
export async function makeFolder(path: string): Promise<void> {
  const first = await made(path)
  if (first === undefined) return requireWritable(path)
  const above = dirname(path)
  if (codeOf(first) !== 'ENOENT' || above === path) throw failure('make the folder', path, first)
  if (!(await isThere(above))) await makeFolder(above)
  const again = await made(path)
  if (again !== undefined) throw failure('make the folder', path, again)
}

/** A folder that exists may still belong to another user. */
async function requireWritable(path: string): Promise<void> {
  await access(path, constants.W_OK).catch((error: unknown) => {
    throw failure('write into the folder', path, error)
  })
}

/** The error of making a folder; undefined if the folder exists now. */
async function made(path: string): Promise<unknown> {
  try {
    await mkdir(path)
    return undefined
  } catch (error) {
    const isThereNow = codeOf(error) === 'EEXIST' && (await stat(path)).isDirectory()
    return isThereNow ? undefined : error
  }
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw failure('read', path, error)
  }
}

/**
 * The latest run in a folder of reports; undefined for a folder without one. Rejects with a
 * ReportError if the run cannot be read.
 */
export async function latestRun(folder: string): Promise<Run | undefined> {
  const id = (await textOf(join(folder, latestName)))?.trim()
  if (id === undefined) return undefined
  const path = join(folder, folderName(id), 'report.json')
  const text = await textOf(path)
  if (text === undefined) {
    throw new ReportError(
      `${join(folder, latestName)} names ${id}, but ${path} is missing. ` +
        'Make a new report, e.g. with holdfast check.',
      { path },
    )
  }
  return readRun(text, path)
}
