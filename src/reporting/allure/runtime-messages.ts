// The runtime messages of Allure that tests send: metadata, attachments and steps.
import type { RuntimeMessage } from 'allure-js-commons/sdk'
import { clean, oneLine } from '#src/reporting/text.ts'
import type { Step } from './steps.ts'

type Metadata = Extract<RuntimeMessage, { type: 'metadata' }>['data']

export const metadata = (data: Metadata): RuntimeMessage => ({ type: 'metadata', data })

export const attachment = (name: string, content: string, contentType: string): RuntimeMessage => ({
  type: 'attachment_content',
  data: { name, content: Buffer.from(content).toString('base64'), encoding: 'base64', contentType },
})

export const json = (name: string, value: unknown): RuntimeMessage =>
  attachment(name, `${JSON.stringify(value, null, 2)}\n`, 'application/json')

/** A step with its parameters and inner steps. */
export function stepMessages(step: Step): readonly RuntimeMessage[] {
  const { name, start, stop, status, parameters = [], steps } = step
  const lines = parameters.map(({ name: label, value }) => ({ name: label, value: oneLine(value) }))
  return [
    { type: 'step_start', data: { name: oneLine(name), start } },
    ...(lines.length === 0
      ? []
      : [{ type: 'step_metadata', data: { parameters: lines } } as const]),
    ...steps.flatMap(stepMessages),
    // The type of a status is an enum of another package, and its values are these words.
    { type: 'step_stop', data: { stop, status: status as never } },
  ]
}

/** A paragraph of a description. */
export type Paragraph = readonly [label: string, text: string]

/** Paragraphs as Markdown. */
export const markdown = (paragraphs: readonly Paragraph[]): string =>
  paragraphs.map(([label, text]) => `**${label}:** ${clean(text)}`).join('\n\n')
