// Every fault by its name: an undo record names its fault, and nothing else of it.
import type { Fault } from '#src/model/index.ts'
import { exportsOf, platforms } from './listed.ts'

const isFault = (value: unknown): value is Fault =>
  typeof value === 'function' && 'kind' in value && value.kind === 'fault'

const all = await exportsOf(
  platforms.flatMap(platform => platform.faults ?? []),
  isFault,
)
export const faults: ReadonlyMap<string, Fault> = new Map(all.map(fault => [fault.name, fault]))
