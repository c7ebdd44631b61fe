// The platforms as one list, in the order of their names.
import type { AnyPlatform } from '#src/model/platform/platform.ts'
import * as listed from './platforms.ts'

/** One of the listed platforms, with its exact type. */
export type ListedPlatform = (typeof listed)[keyof typeof listed]

export const platforms: readonly AnyPlatform[] = Object.values<AnyPlatform>(listed).toSorted(
  (a, b) => (a.name < b.name ? -1 : 1),
)

/** What the modules of a member of all platforms export, where it is what is wanted. */
export const exportsOf = <T>(
  modules: readonly object[],
  is: (value: unknown) => value is T,
): readonly T[] => modules.flatMap((module): unknown[] => Object.values(module)).filter(is)
