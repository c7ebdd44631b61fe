// The lockfile is complete: `npm ci` accepts it with every npm, on every platform.
import { expect, test } from 'vitest'
import { z } from 'zod'
import { textOf } from './source.ts'

const { packages } = z
  .object({
    packages: z.record(
      z.string(),
      z.object({
        version: z.string().optional(),
        integrity: z.string().optional(),
        resolved: z.string().optional(),
        inBundle: z.boolean().optional(),
        optionalDependencies: z.record(z.string(), z.string()).optional(),
      }),
    ),
  })
  .parse(JSON.parse(textOf('package-lock.json')))

/** Where a package at this path finds another: in its own node_modules or in one further up. */
function placesFrom(place: string, name: string): readonly string[] {
  const own = `${place === '' ? '' : `${place}/`}node_modules/${name}`
  if (place === '') return [own]
  const above = place.lastIndexOf('/node_modules/')
  return [own, ...placesFrom(above === -1 ? '' : place.slice(0, above), name)]
}

test('every optional dependency of every locked package has an entry with a version', () => {
  const needed = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).map(name => ({ place, name })),
  )
  expect(needed.length).toBeGreaterThan(50)
  const missing = needed.filter(({ place, name }) =>
    placesFrom(place, name).every(at => packages[at]?.version === undefined),
  )
  // If a registry lacks the package of another platform, npm leaves it out of the lockfile without
  // an error. Lock a version whose platform packages all exist.
  expect(missing.map(({ place, name }) => `${place}: ${name}`)).toEqual([])
})

test('every package is locked to its content, and to no registry', () => {
  const installed = Object.entries(packages).filter(([place]) => place !== '')
  expect(installed.length).toBeGreaterThan(400)
  const loose = installed.filter(
    ([, { integrity, inBundle = false }]) => integrity === undefined && !inBundle,
  )
  expect(loose.map(([place]) => place)).toEqual([])
  const bound = installed.filter(([, { resolved }]) => resolved !== undefined)
  expect(bound.map(([place]) => place)).toEqual([])
})
