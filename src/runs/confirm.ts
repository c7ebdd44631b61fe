// Consent before a drill acts on a real cluster: --yes, or the cluster's name, typed below the
// plan.
import { stderr, stdin } from 'node:process'
import { createInterface } from 'node:readline'
import type { DrillPlan } from '#src/model/index.ts'
import { planText } from '#src/reporting/guards/plan.ts'
import { RefusedError } from './process/refusal.ts'
import { UsageError, type Settings } from './settings.ts'

/** Where holdfast asks a person. */
export interface Prompt {
  /** Whether a person sits at the terminal. */
  readonly attended: boolean
  show(text: string): void
  /** One line without its line end; undefined: the input has ended. */
  ask(question: string): Promise<string | undefined>
}

/** This process's terminal. It writes to stderr: stdout belongs to the report. */
export const terminal: Prompt = {
  attended: stdin.isTTY && stderr.isTTY,
  show: text => void stderr.write(text),
  ask: question =>
    new Promise(resolve => {
      // The terminal's own line editing: Ctrl-C stays a signal and ends the run with nothing
      // injected.
      const lines = createInterface({ input: stdin, output: stderr, terminal: false })
      lines.once('close', () => resolve(undefined))
      lines.question(question, answer => {
        resolve(answer)
        lines.close()
      })
    }),
}

/**
 * Resolves when drills may act: the target is not real, --yes is set, or the person types the
 * cluster's name below the plans of these drills. Throws a UsageError where there is no terminal to
 * ask, and a RefusedError for another word or a plan that a guard refuses. `plans` changes nothing.
 */
export async function requireConsent(
  { settings, yes }: { settings: Settings; yes: boolean },
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
      `${doing} acts on a real cluster (--target ${settings.target}), and there is no ` +
        'terminal to ask. ' +
        'Add --yes to start it; holdfast explain <scenario> shows what it does and how ' +
        'it is undone.',
    )
  const planned = await plans()
  prompt.show(`${planned.map(planText).join('\n')}\n`)
  const refused = planned.filter(plan => plan.refusals.length > 0)
  if (refused.length > 0)
    throw new RefusedError(
      `Nothing was changed: guards refuse ${refused.map(({ drill }) => drill).join(', ')}. ` +
        'The plan above names each guard and what lets the drill through.',
    )
  const typed = (
    await prompt.ask(
      `This acts on a real cluster. Type its name (${cluster}) to let ${doing} begin: `,
    )
  )?.trim()
  if (typed === cluster) return
  throw new RefusedError(
    typed === undefined || typed === ''
      ? 'Nothing was changed: no name was typed.'
      : `Nothing was changed: “${typed}” is not the name of this cluster (${cluster}).`,
  )
}
