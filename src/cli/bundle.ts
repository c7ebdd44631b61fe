// Makes the bundle of the gate, for bin/install.mjs: node src/cli/bundle.ts
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

/**
 * What the gate loads only beside a cluster or for another verb is loaded from its source, as ever.
 */
const isLeft = (path: string): boolean =>
  /\/src\/cli\/(?:verbs\/(?!gate\.ts$)[\w-]+\.ts|gate\/live\.ts)$/.test(path)

/** Modules find what lies beside them where they were written, not where the bundle is. */
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

const left: Plugin = {
  name: 'left',
  async resolveId(specifier, importer) {
    const resolved =
      importer === undefined ? null : await this.resolve(specifier, importer, { skipSelf: true })
    return resolved !== null && isLeft(resolved.id)
      ? { id: pathToFileURL(resolved.id).href, external: 'absolute' }
      : null
  },
}

/** Makes the bundle in a folder of its own. Resolves with the note of it. */
async function write(folder: string): Promise<BundleNote> {
  // Loaded here alone: most starts find the bundle made.
  const { rolldown } = await import('rolldown')
  const place = mkdtempSync(join(folder, 'of-'))
  // CommonJS: its loader asks the disk less often, and takes less of Node itself along.
  const bundle = await rolldown({
    input: { gate: join(projectRoot, 'src', 'cli', 'main.ts') },
    platform: 'node',
    plugins: [left, places],
    logLevel: 'silent',
    // Loaded when they are needed, which is rarely.
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
  // Packages change with the lockfile.
  const sources = [...new Set([...modules, join(projectRoot, 'package-lock.json')])]
    .filter(id => isAbsolute(id) && !id.includes('/node_modules/'))
    .toSorted()
  return {
    entry: join(relative(folder, place), 'gate.cjs'),
    sources: sources.map(path => [relative(projectRoot, path), stampOf(statSync(path))]),
  }
}

/**
 * How long a bundle stays after another has taken its place, ms: a gate may be at work with it.
 * @source chosen: no gate works for an hour
 */
const kept = 3_600_000

/**
 * Makes the bundle, where it is not there or of other sources. Whoever reads or makes one meanwhile
 * finds the old one or a new one, whole.
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
    stderr.write(
      `holdfast: the gate was not bundled (${error instanceof Error ? error.message.split('\n')[0] : String(error)}). It runs from its sources, and starts a little later.\n`,
    )
  })
}
