// joelclaw's manifests with every repair applied, as `--fix` would write them.
import { projectRoot } from '#src/project-root.ts'
import { repairs, type Repair } from '#clusters/joelclaw/repaired.ts'
import { applyChanges, readFiles, readManifests } from '#src/manifests/index.ts'

/** The manifests as they are. */
export const set = readManifests(
  readFiles(['.'], { from: `${projectRoot}/clusters/joelclaw/manifests` }),
)

const own = Map.groupBy(set.manifests, ({ file }) => file)

/** The text of a file with some of its repairs applied, and the number of those. */
export function repairedWith(
  file: string,
  some: readonly Repair[],
): { text: string; made: number } {
  const wanted = some
    .filter(repair => repair.file === file)
    .flatMap(({ kind, name, path, change }) =>
      (own.get(file) ?? [])
        .filter(({ object }) => object.kind === kind && object.metadata.name === name)
        .map(manifest => ({ manifest, path, change })),
    )
  const { text, refused } = applyChanges(set.texts.get(file) ?? '', wanted)
  return { text, made: wanted.length - refused.length }
}

/** All files, repaired. */
export const repairedFiles: Readonly<Record<string, string>> = Object.fromEntries(
  [...set.texts.keys()].map(file => [file, repairedWith(file, repairs).text]),
)
