// Builds the bundle of the gate for bin/install.mjs: node src/cli/bundle.ts
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, isAbsolute, join, relative } from 'node:path'
import { pid, stderr } from 'node:process'
import { pathToFileURL } from 'node:url'
import type { Plugin } from 'rolldown'
import { projectRoot } from '#src/project-root.ts'
import { bundleFolder, bundleIn, noteFile, stampOf, type BundleNote } from './bundled.ts'

/** Modules for other verbs and for --live stay outside the bundle and load from their sources. */
const isLeft = (path: string): boolean =>
  /\/src\/cli\/(?:verbs\/(?!gate\.ts$)[\w-]+\.ts|gate\/live\.ts)$/.test(path)

/** Keeps import.meta pointing at the sources, so that modules find their data files. */
const places: Plugin = {
  name: 'places',
  transform(code, id) {
    if (!isAbsolute(id) || !code.includes('import.meta')) return undefined
    return code
      .replaceAll('import.meta.dirname', JSON.stringify(dirname(id)))
      .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href))
      .replaceAll(/\bimport\.meta\b/g, '{}')
  },
}

/**
 * Modules loaded on demand: faults and fixes that no invariant names, and the names of all proofs,
 * which only a policy with mistakes needs.
 */
const isLazy = (path: string): boolean =>
  /\/helpers\/[\w-]+\/(?:faults|fixes)\b|\/src\/runs\/policy\/proofs\.ts$/.test(path)

const left: Plugin = {
  name: 'left',
  async resolveId(specifier, importer, { kind }) {
    const resolved =
      importer === undefined ? null : await this.resolve(specifier, importer, { skipSelf: true })
    return resolved !== null &&
      (isLeft(resolved.id) || (kind === 'dynamic-import' && isLazy(resolved.id)))
      ? { id: pathToFileURL(resolved.id).href, external: 'absolute' }
      : null
  },
}

/** Builds the bundle in a new folder. Resolves with its note. */
async function write(folder: string): Promise<BundleNote> {
  // Imported here only: most starts find a current bundle.
  const { rolldown } = await import('rolldown')
  const place = mkdtempSync(join(folder, 'of-'))
  // The CommonJS loader reads the disk less often and loads less of Node.
  const bundle = await rolldown({
    input: { gate: join(projectRoot, 'src', 'cli', 'main.ts') },
    platform: 'node',
    plugins: [left, places],
    logLevel: 'silent',
    // Rarely needed: loaded from node_modules on demand.
    external: [/^(?:execa|undici|yaml|@kubernetes\/client-node)(?:\/|$)/],
  })
  const { output } = await bundle.write({
    dir: place,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
  })
  await bundle.close()
  const modules = output.flatMap(part => (part.type === 'chunk' ? part.moduleIds : []))
  // A change of a package changes the lockfile.
  const sources = [...new Set([...modules, join(projectRoot, 'package-lock.json')])]
    .filter(id => isAbsolute(id) && !id.includes('/node_modules/'))
    .toSorted()
  return {
    entry: join(relative(folder, place), 'gate.cjs'),
    sources: sources.map(path => [relative(projectRoot, path), stampOf(statSync(path))]),
  }
}

/**
 * Time for which a replaced bundle stays, ms: a running gate may still load from it. @source
 * chosen: no gate runs for an hour
 */
const kept = 3_600_000

/**
 * Builds the bundle unless it is current. Concurrent readers and builders find either the old or a
 * new bundle, always complete.
 */
export async function makeBundle(folder: string): Promise<void> {
  if (bundleIn(folder, projectRoot) !== undefined) return
  mkdirSync(folder, { recursive: true })
  const note = await write(folder)
  const draft = join(folder, `${noteFile}.${pid}`)
  writeFileSync(draft, JSON.stringify(note))
  renameSync(draft, join(folder, noteFile))
  for (const other of readdirSync(folder).map(name => join(folder, name))) {
    const changed = statSync(other, { throwIfNoEntry: false })?.mtimeMs ?? Infinity
    if (Date.now() - changed > kept && other !== join(folder, dirname(note.entry)))
      rmSync(other, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  await makeBundle(bundleFolder).catch((error: unknown) => {
    const [why] = (error instanceof Error ? error.message : String(error)).split('\n')
    stderr.write(
      `holdfast: could not bundle the gate (${why}). It runs from its sources and starts more ` +
        'slowly.\n',
    )
  })
}
