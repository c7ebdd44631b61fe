// Any change of any file: it makes exactly the requested change, or it is refused and changes
// nothing.
import { isDeepStrictEqual } from 'node:util'
import {
  array,
  assert,
  boolean,
  constant,
  constantFrom,
  nat,
  oneof,
  property,
  record,
  type Arbitrary,
} from 'fast-check'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import type { Change, Path } from '#src/model/manifest.ts'
import { document, style, value } from '#src/manifests/arbitrary.ts'
import { applyChanges } from './edit.ts'
import { object, setOf } from '#src/manifests/summary.ts'

/** A path in a value, chosen by numbers; its last member may not exist yet. */
function pathIn(from: unknown, choices: readonly number[], missing: boolean): Path {
  const path: (string | number)[] = []
  let here = from
  for (const choice of choices) {
    if (typeof here !== 'object' || here === null) return path
    const keys = Object.keys(here)
    const key = keys[choice % keys.length]
    if (key === undefined) break
    path.push(Array.isArray(here) ? Number(key) : key)
    here = Reflect.get(here, key)
  }
  return missing && typeof here === 'object' && here !== null && !Array.isArray(here)
    ? [...path, 'new']
    : path
}

const isHolder = (value: unknown): value is object => typeof value === 'object' && value !== null

/** The value that a change should produce. */
function wanted(from: unknown, [step, ...rest]: Path, change: Change): unknown {
  if (step === undefined) return 'to' in change ? change.to : undefined
  const gone = rest.length === 0 && 'removed' in change
  const inner = wanted(isHolder(from) ? Reflect.get(from, step) : undefined, rest, change)
  if (Array.isArray(from)) {
    const replaced = gone ? [] : [inner]
    return from.flatMap((item: unknown, index) => (index === step ? replaced : [item]))
  }
  const others = Object.entries(isHolder(from) ? from : {}).filter(([key]) => key !== step)
  if (rest.length === 0 && 'renamed' in change)
    return Object.fromEntries([
      ...others,
      [change.renamed, isHolder(from) ? Reflect.get(from, step) : undefined],
    ])
  return Object.fromEntries(gone ? others : [...others, [step, inner]])
}

const change: Arbitrary<Change> = oneof(
  record({ to: value }),
  constant({ removed: true as const }),
  record({ renamed: constantFrom('other', 'a', "it's", 'x: y') }),
)

test('any change of any file changes only what was asked, and repeating it changes nothing', () => {
  let done = 0
  assert(
    property(
      document,
      style,
      array(nat(5), { maxLength: 4 }),
      boolean(),
      constantFrom('\n', '\r\n'),
      change,
      (spec, options, choices, missing, eol, asked) => {
        const written = stringify(
          { apiVersion: 'x.dev/v1', kind: 'Foo', metadata: { name: 'a' }, spec },
          options,
        )
        const text = `# first\n---\n${written}---\n# other\n${object()}`.replaceAll('\n', eol)
        const [manifest, other] = setOf(text).manifests
        if (manifest === undefined || other === undefined) return true
        const path = [
          'spec',
          ...pathIn(Reflect.get(manifest.object, 'spec'), choices, missing && 'to' in asked),
        ]
        const { text: after, refused } = applyChanges(text, [{ manifest, path, change: asked }])
        if (refused.length > 0) return after === text
        done += 1
        const [now, still] = setOf(after).manifests
        if (now === undefined || still === undefined) return false
        const again = applyChanges(after, [{ manifest: now, path, change: asked }])
        const others = `---${eol}# other`
        return (
          isDeepStrictEqual(now.object, wanted(manifest.object, path, asked)) &&
          isDeepStrictEqual(still.object, other.object) &&
          after.slice(after.indexOf(others)) === text.slice(text.indexOf(others)) &&
          // Removing the first item twice would also remove the one that was second.
          (typeof path.at(-1) === 'number' ||
            (again.text === after && again.refused.length === 0)) &&
          (eol === '\n' || !/[^\r]\n/.test(after))
        )
      },
    ),
    { numRuns: 300, seed: 6 },
  )
  expect(done).toBeGreaterThan(150)
})
