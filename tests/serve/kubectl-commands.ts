// All kubectl commands that the tests run against a served lab, in order.
import { changes } from './kubectl-changes.ts'
import type { Command } from './kubectl-command.ts'
import { reads } from './kubectl-reads.ts'

export const commands: readonly Command[] = [...reads, ...changes]
