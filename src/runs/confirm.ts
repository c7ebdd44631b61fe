// The word of a person before anything real is touched: --yes, or the cluster's name, typed below
// the plan of what will be done.
import { stderr, stdin } from 'node:process'
import { createInterface } from 'node:readline'
import type { DrillPlan } from '#src/engine/guards/plan.ts'
import { planText } from '#src/engine/guards/plan-text.ts'
import type { Arguments } from '#src/cli/arguments.ts'
import { RefusedError } from './process/refusal.ts'
import { UsageError } from './settings.ts'

/** Where a person is asked. */
export interface Prompt {
  /** A person sits there: what is asked is seen, and what is typed is heard. */
  readonly attended: boolean
  show(text: string): void
  /** One line without its end; undefined when there is none to come. */
  ask(question: string): Promise<string | undefined>
}

/** This process's terminal. What is shown goes to stderr: stdout belongs to the report. */
export const terminal: Prompt = {
  attended: stdin.isTTY && stderr.isTTY,
  show: text => void stderr.write(text),
  ask: question =>
    new Promise(resolve => {
      // The terminal's own line editing: Ctrl-C stays a signal, which leaves with nothing injected.
      const lines = createInterface({ input: stdin, output: stderr, terminal: false })
      lines.once('close', () => resolve(undefined))
      lines.question(question, answer => {
        resolve(answer)
        lines.close()
      })
    }),
}

/**
 * Resolves when drills may act: the target is not real, somebody said --yes, or types the cluster's
 * name below the plans of
 * these drills. Throws a UsageError where nobody can be asked, and a RefusedError for another word
 * or a plan that a guard
 * refuses. `plans` only looks.
 */
export async function requireConsent(
  { settings, yes }: Pick<Arguments, 'settings' | 'yes'>,
  {
    cluster,
    doing,
    plans,
  }: { cluster: string; doing: string; plans(): Promise<readonly DrillPlan[]> },
  prompt: Prompt = terminal,
): Promise<void> {
  if (settings.target !== 'live' || yes) return
  if (!prompt.attended)
    throw new UsageError(
      `${doing} would act on a real cluster (--target ${settings.target}). Add --yes when you mean it; holdfast explain <scenario> says what it does and how it is undone.`,
    )
  const planned = await plans()
  prompt.show(`${planned.map(planText).join('\n')}\n`)
  const refused = planned.filter(plan => plan.refusals.length > 0)
  if (refused.length > 0)
    throw new RefusedError(
      `Nothing was touched: guards stand in the way of ${refused.map(({ drill }) => drill).join(', ')}. The plan above says which, and how each is let through.`,
    )
  const typed = (
    await prompt.ask(
      `This acts on a real cluster. Type its name (${cluster}) to let ${doing} begin: `,
    )
  )?.trim()
  if (typed === cluster) return
  throw new RefusedError(
    `Nothing was touched: ${typed === undefined || typed === '' ? 'no name was typed' : `“${typed}” is not the name of this cluster, which is “${cluster}”`}.`,
  )
}
