// The platforms as one list, in the order of their names.
import type { AnyPlatform } from '#src/model/platform/platform.ts'
import * as listed from './platforms.ts'

/** One of the listed platforms, with its exact type. */
export type ListedPlatform = (typeof listed)[keyof typeof listed]

export const platforms: readonly AnyPlatform[] = Object.values<AnyPlatform>(listed).toSorted(
  (a, b) => (a.name < b.name ? -1 : 1),
)

/** The exports of the modules that `loads` load, as far as they are what is wanted. */
export async function exportsOf<T>(
  loads: readonly (() => Promise<object>)[],
  is: (value: unknown) => value is T,
): Promise<readonly T[]> {
  const modules = await Promise.all(loads.map(load => load()))
  return modules.flatMap((module): unknown[] => Object.values(module)).filter(is)
}
