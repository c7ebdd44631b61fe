// Every fix: what a clause can name as its proof, and --disable can take away.
import type { Fix, NamesIn } from '#src/model/index.ts'
import { exportsOf, platforms, type ListedPlatform } from './listed.ts'

export type FixName = NamesIn<
  Awaited<ReturnType<NonNullable<ListedPlatform['fixes']>[number]>>,
  'fix'
>

const isFix = (value: unknown): value is Fix =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'fix'

export const fixes: readonly Fix[] = await exportsOf(
  platforms.flatMap(platform => platform.fixes ?? []),
  isFix,
)
